//! What must not be done in a task: to wait in the operating system, instead of by a call.
//!
//! `Block` stands for `std::thread::sleep`, as `time.sleep` does in a coroutine of Python's: all others
//! are held up with it, and their timers go off late.

use std::time::{Duration, Instant};

use clap::Args;
use coros::syscall::{Block, Now};
use coros::{Builder, Interrupted, JoinError, JoinHandle, Scheduler, call, sleep, sleep_until};

use super::{Verdict, fine, load};
use crate::term::say_folded;

const PAUSE: Duration = Duration::from_millis(50);
const TICK: Duration = Duration::from_millis(10);

/// A task that holds up all others, and one that sleeps as it should
#[derive(Args)]
pub struct Blocking {}

impl Blocking {
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        load(sched, Builder::new().name("main"), main);
        fine()
    }
}

fn main() -> Result<(), Interrupted> {
    beside_a_clock("Block", || {
        call(Block(PAUSE));
        Ok(())
    })?;
    beside_a_clock("Sleep", || sleep(PAUSE))
}

/// Has a clock tick while another task makes its pause, and says when it ticked.
fn beside_a_clock(
    how: &'static str,
    pause: fn() -> Result<(), Interrupted>,
) -> Result<(), Interrupted> {
    let start = call(Now);
    let clock = Builder::new().name("clock").spawn(move || tick(start));
    let pauser = Builder::new().name(how).spawn(pause);
    let ticks = ended(&clock)?;
    ended(&pauser)?;
    let ticks: Vec<_> = ticks.iter().map(|tick| format!("{tick:?}")).collect();
    say_folded(&format!(
        "{how} for {PAUSE:?}: the clock ticked after {}",
        ticks.join(", ")
    ));
    Ok(())
}

/// What a task has come to, unless either of the two was interrupted.
fn ended<T: 'static>(task: &JoinHandle<Result<T, Interrupted>>) -> Result<T, Interrupted> {
    match task.join() {
        Ok(ended) => ended,
        Err(JoinError::Interrupted(why)) => Err(why),
        Err(error) => panic!("{error}"),
    }
}

/// Ticks five times.
fn tick(start: Instant) -> Result<Vec<Duration>, Interrupted> {
    let next = |tick| {
        sleep_until(start + TICK * tick)?;
        Ok(call(Now) - start)
    };
    (1..=5).map(next).collect()
}
