//! Who sleeps lets others run; who blocks holds them all up.
//!
//! `Block` stands for what must not be done in a task: `std::thread::sleep`, a long computation, a read
//! that blocks. Both runs do the same work; only the way of waiting differs.

use std::time::Duration;

use coros::syscall::{Block, Now, Sleep};
use coros::{Clock, Scheduler, call};

const PAUSE: Duration = Duration::from_secs(2);

/// Runs two tasks that wait three times; says what was said when.
fn run(title: &str, wait: fn()) -> Result<(), coros::Stuck> {
    println!("{title}");
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    for name in ["one", "two"] {
        sched.spawn(move || {
            for lap in 1..=3 {
                wait();
                let time = call(Now) - start;
                println!("  {:>2} s: {name}, lap {lap}", time.as_secs());
            }
        });
    }
    sched.run()?;
    Ok(())
}

fn main() -> Result<(), coros::Stuck> {
    run("asleep:", || {
        call(Sleep(PAUSE)).expect("nothing interrupts it")
    })?;
    run("blocked:", || call(Block(PAUSE)))
}
