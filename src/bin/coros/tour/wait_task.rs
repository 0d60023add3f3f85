//! The tour's fourth task: waits for its child.

use coros::syscall::{NewTask, WaitTask};
use coros::{call, yield_now};

use crate::term::say;

pub fn task() {
    let child = call(NewTask::new(|| {
        yield_now();
        say!("My work is done.");
    }));
    let exit = call(WaitTask(child)).expect("the child is alive");
    say!("My child {exit}.");
}
