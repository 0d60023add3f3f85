//! A sleep holds up no other: a slow task, a short one.
//!
//! The clock is virtual: it stands still while any task is ready, and then jumps to the next deadline.
//! So three hours pass in no time, and in the same way each time.

use std::time::Duration;

use coros::syscall::Now;
use coros::{Clock, Scheduler, call, sleep, yield_now};

const HOUR: Duration = Duration::from_secs(3600);

fn slow() {
    let start = call(Now);
    for _ in 0..3 {
        sleep(HOUR).expect("nothing breaks this sleep off");
        println!("slow: {} h", (call(Now) - start).as_secs() / 3600);
    }
}

fn short() {
    for step in 1..=3 {
        println!("short: step {step}");
        yield_now();
    }
    println!("short: done");
}

fn main() -> Result<(), coros::Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(slow);
    sched.spawn(short);
    sched.run()?;
    Ok(())
}
