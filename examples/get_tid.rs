//! `GetTid`: the simplest system call, asked by three tasks.
//!
//! A call ends the caller's turn. So all three ask before the first of them reads its answer.

use coros::syscall::GetTid;
use coros::{Scheduler, Stuck, call};

fn who_am_i() {
    println!("a task asks");
    let me = call(GetTid);
    println!("I am task {me}");
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::new();
    for _ in 0..3 {
        sched.spawn(who_am_i);
    }
    sched.run()?;
    Ok(())
}
