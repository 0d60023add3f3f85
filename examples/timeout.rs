//! `timeout`: breaks off whatever waits, however deep.
//!
//! What runs under it need not know: its wait returns an error, and `?` hands that up.

use std::time::Duration;

use coros::{Clock, Interrupted, Scheduler, Stuck, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

fn visit() -> Result<u32, Interrupted> {
    let doors = 3;
    for door in 1..=doors {
        sleep(door * SECOND)?;
        println!("door {door} opens");
    }
    Ok(doors)
}

fn main() -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    sched.spawn(|| {
        for seconds in [60, 4] {
            println!("{seconds} s for a visit");
            match timeout(seconds * SECOND, visit) {
                Ok(Ok(doors)) => println!("all {doors} doors have opened"),
                Ok(Err(other)) => println!("broken off, but not by this timeout: {other}"),
                Err(late) => println!("{late}"),
            }
        }
    });
    sched.run()?;
    Ok(())
}
