//! A panic ends its own task alone, and the others go on.
//!
//! The usual message of the panic goes to standard error.

use coros::{JoinError, Scheduler, Stuck, spawn, yield_now};

fn reckless() -> u32 {
    println!("reckless: what could go wrong?");
    yield_now();
    panic!("that could");
}

fn careful() -> u32 {
    for step in 1..=3 {
        println!("careful: step {step}");
        yield_now();
    }
    3
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::new();
    sched.spawn(|| {
        for handle in [spawn(reckless), spawn(careful)] {
            match handle.join() {
                Ok(steps) => println!("parent: {steps} steps came to a good end"),
                Err(JoinError::Panicked(panic)) => println!("parent: it said: {}", panic.message()),
                Err(other) => println!("parent: {other}"),
            }
        }
    });
    println!("{}", sched.run()?);
    Ok(())
}
