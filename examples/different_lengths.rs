//! The loop goes on with one when the other has ended.
//!
//! A handle keeps the value of its task, for as long as one likes: even past the scheduler's end.

use coros::{Scheduler, yield_now};

fn count(name: &str, rounds: u32) -> u32 {
    for round in 1..=rounds {
        println!("{name}: {round} of {rounds}");
        yield_now();
    }
    rounds
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut sched = Scheduler::new();
    let short = sched.spawn(|| count("short", 2));
    let long = sched.spawn(|| count("long", 5));
    let report = sched.run()?;
    drop(sched);
    println!("{} and {} rounds", short.join()?, long.join()?);
    println!("{report}");
    Ok(())
}
