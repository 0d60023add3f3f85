//! Two endless coroutines share a thread, since each yields.
//!
//! `Scheduler::run` would never return here, so this asks for one turn at a time. Dropping the
//! scheduler kills what is left, newest first; their destructors run.

use coros::{Scheduler, Stuck, yield_now};

/// Says so when it is dropped.
struct Farewell(&'static str);

impl Drop for Farewell {
    fn drop(&mut self) {
        println!("{} is unwound", self.0);
    }
}

fn endless(name: &'static str) {
    let _farewell = Farewell(name);
    loop {
        println!("{name}");
        yield_now();
    }
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::new();
    sched.spawn(|| endless("ping"));
    sched.spawn(|| endless("pong"));
    for _ in 0..6 {
        sched.step()?;
    }
    println!("main has seen enough");
    Ok(())
}
