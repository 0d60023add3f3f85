//! Step 5, birth and death: `NewTask` and `KillTask`.
//!
//! A killed task does not just vanish: its stack is unwound, so that what it owned is dropped.
//!
//! `cargo run --example step5 -- broken` kills twice.

use coros::syscall::{GetTid, KillTask, NewTask};
use coros::{Scheduler, Stuck, call, yield_now};

/// Says that its owner is gone.
struct Diary;

impl Drop for Diary {
    fn drop(&mut self) {
        println!("child: my diary is closed");
    }
}

fn child() {
    let _diary = Diary;
    let tid = call(GetTid);
    loop {
        println!("child: I am task {tid}");
        yield_now();
    }
}

fn parent(kills: u32) {
    let child = call(NewTask::new(child));
    for _ in 0..3 {
        yield_now();
    }
    for _ in 0..kills {
        match call(KillTask(child)) {
            Ok(()) => println!("parent: task {child} is killed"),
            Err(error) => println!("parent: {error}"),
        }
    }
}

fn main() -> Result<(), Stuck> {
    let broken = std::env::args().any(|argument| argument == "broken");
    let kills = if broken { 2 } else { 1 };
    let mut sched = Scheduler::new();
    sched.spawn(move || parent(kills));
    sched.run()?;
    Ok(())
}
