//! `Barrier`: no runner begins a lap before all have ended the last.

use std::time::Duration;

use coros::sync::Barrier;
use coros::syscall::Now;
use coros::{Clock, Scheduler, Stuck, call, sleep};

const MINUTE: Duration = Duration::from_secs(60);

fn walk(name: &str, pace: Duration, line: &Barrier) {
    let start = call(Now);
    for lap in 1..=2 {
        sleep(pace).expect("nothing breaks this sleep off");
        let minutes = (call(Now) - start).as_secs() / 60;
        println!("{name}: lap {lap} is over at {minutes} min");
        let passed = line.wait().expect("no wait is given up");
        if passed.is_leader() {
            println!("{name}: I was the last");
        }
    }
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let line = Barrier::new(3);
    for (name, minutes) in [("tortoise", 90), ("hare", 1), ("dog", 2)] {
        let line = line.clone();
        sched.spawn(move || walk(name, minutes * MINUTE, &line));
    }
    sched.run()?;
    Ok(())
}
