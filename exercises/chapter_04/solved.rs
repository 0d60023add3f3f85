//! The guard stands in an option: empty while the lock is not held.

use coros::sync::Mutex;

use super::machine::{Op, Thread};

pub fn run(thread: &Thread, program: &[Op], every: usize, lock: &Mutex<()>) {
    let mut held = None;
    let mut worked = 0;
    for &op in program {
        if op != Op::Work || worked == every {
            held = None;
            worked = 0;
        }
        if op == Op::Work {
            held.get_or_insert_with(|| lock.lock().expect("no thread panics with it"));
            worked += 1;
        }
        thread.execute(op);
    }
}
