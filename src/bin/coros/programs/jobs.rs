//! Work of two kinds: tasks that want the CPU for long, and one that wants it briefly, often and at once.

use std::time::{Duration, Instant};

use clap::Args;
use coros::kernel::SchedParams;
use coros::syscall::Now;
use coros::{Builder, Interrupted, Scheduler, call, sleep, sleep_until};

use super::{Verdict, compute, fine, load};
use crate::term::say;

/// Long jobs beside an interactive one (try --policy mlfq --gantt)
#[derive(Args)]
pub struct Jobs {
    /// How many keys are pressed in the editor
    #[arg(default_value_t = 8)]
    keys: u32,
}

impl Jobs {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        let (start, keys) = (sched.now(), self.keys);
        let job = |name, priority| {
            Builder::new()
                .name(name)
                .claim(SchedParams::new().priority(priority))
        };
        load(sched, job("report", 5), move || report(start));
        load(sched, job("backup", 1), move || backup(start));
        load(sched, job("editor", 9), move || edit(start, keys));
        fine()
    }
}

/// Needs the CPU and nothing else.
fn report(start: Instant) -> Result<(), Interrupted> {
    compute(60)?;
    say!("report: done after {:?}", call(Now) - start);
    Ok(())
}

/// Needs the CPU and the disk in turns.
fn backup(start: Instant) -> Result<(), Interrupted> {
    for _ in 0..3 {
        compute(20)?;
        sleep(Duration::from_millis(10))?;
    }
    say!("backup: done after {:?}", call(Now) - start);
    Ok(())
}

/// Waits for a key, and answers it.
fn edit(start: Instant, keys: u32) -> Result<(), Interrupted> {
    let mut slowest = Duration::ZERO;
    for key in 1..=keys {
        let pressed = start + Duration::from_millis(20) * key;
        sleep_until(pressed)?;
        compute(2)?;
        slowest = slowest.max(call(Now) - pressed);
    }
    say!("editor: {keys} keys answered, the slowest after {slowest:?}");
    Ok(())
}
