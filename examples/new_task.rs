//! `NewTask`: a task makes others, and they make others in turn.
//!
//! A child goes into the ready queue before its parent. So it has had its first turn by the time the
//! parent reads the reply.

use coros::syscall::NewTask;
use coros::{Stuck, call};

fn generation(left: u32) {
    println!("born; generations to come: {left}");
    if left > 0 {
        let child = call(NewTask::new(move || generation(left - 1)));
        println!("made task {child}");
    }
}

fn main() -> Result<(), Stuck> {
    let mut sched = coros::Scheduler::new();
    sched.spawn(|| generation(3));
    println!("{}", sched.run()?);
    Ok(())
}
