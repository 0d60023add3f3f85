//! `sleepers` and `timeouts`: timers that go off, and timers that do not.
//!
//! Sleepers: a million tasks, each asleep for some random time up to 200 ms, from the first spawn to
//! the last end; each round in a fresh process. Timeouts: a thousand tasks in turn, each in a timeout
//! around a yield, again and again.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::tokio::Tokio;

pub const SLEEPERS: &str = "sleepers";

const STACK: usize = 16 << 10;

pub fn run(effort: &Effort) -> Vec<Entry> {
    let tasks = effort.scale(1_000_000, 1_000);
    let asleep = sleepers(tasks).in_fresh_processes().hold(&effort.brief());
    let dropped = timeouts().hold(effort);
    asleep.into_iter().chain(dropped).collect()
}

pub fn sleepers(tasks: usize) -> Contest {
    Contest {
        case: SLEEPERS,
        tasks,
        goals: vec![Goal::FasterThanPeers(1.0)],
        subjects: vec![
            Subject::new(COROS, move |_| Coros::with_stacks_of(STACK).sleepers(tasks)),
            Subject::new("tokio", move |_| Tokio::with_clock().sleepers(tasks)),
            Subject::new("async-io", move |_| AsyncExecutor::new().sleepers(tasks)),
        ],
    }
}

fn timeouts() -> Contest {
    let mut coros = Coros::new();
    let tokio = Tokio::with_clock();
    let executor = AsyncExecutor::new();
    Contest {
        case: "timeouts",
        tasks: 1_000,
        goals: vec![Goal::FasterThanPeers(1.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.timeouts(laps)),
            Subject::new("tokio", move |laps| tokio.timeouts(laps)),
            Subject::new("async-io", move |laps| executor.timeouts(laps)),
        ],
    }
}
