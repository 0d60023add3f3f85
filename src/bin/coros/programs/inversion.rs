//! Priority inversion: an urgent task waits for a lock, and its holder for a CPU that others have.
//!
//! The case that stopped the Mars Pathfinder again and again in 1997, and its cure, inheritance: L. Sha,
//! R. Rajkumar, J. Lehoczky, *Priority Inheritance Protocols*, 1990.

use std::time::{Duration, Instant};

use clap::Args;
use coros::kernel::SchedParams;
use coros::sync::Mutex;
use coros::syscall::Now;
use coros::{Builder, Interrupted, Scheduler, call};

use super::{Verdict, compute, fine, load, lock};
use crate::term::say;

/// An urgent task waits for a lock (try --policy priority --gantt)
#[derive(Args)]
pub struct Inversion {}

impl Inversion {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        let start = sched.now();
        let bus = Mutex::new(()).named("bus");
        let weather = with(&bus, "weather", start, 20);
        load(sched, task("weather", 1, 0), weather);
        let manager = with(&bus, "manager", start, 1);
        load(sched, task("manager", 9, 2), manager);
        load(sched, task("radio", 5, 4), move || {
            compute(50)?;
            say!("radio: done after {:?}", call(Now) - start);
            Ok(())
        });
        fine()
    }
}

fn task(name: &'static str, priority: i32, arrival: u64) -> Builder {
    let claim = SchedParams::new().priority(priority);
    let arrival = Duration::from_millis(arrival);
    Builder::new().name(name).claim(claim).arrival(arrival)
}

/// Has the bus for so many milliseconds of work.
fn with(
    bus: &Mutex<()>,
    me: &'static str,
    start: Instant,
    work: u64,
) -> impl FnOnce() -> Result<(), Interrupted> + 'static {
    let bus = bus.clone();
    move || {
        let guard = lock(&bus)?;
        say!("{me}: I have the bus after {:?}", call(Now) - start);
        compute(work)?;
        drop(guard);
        say!("{me}: done after {:?}", call(Now) - start);
        Ok(())
    }
}
