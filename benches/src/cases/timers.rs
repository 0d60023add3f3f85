//! `sleepers`, `timeouts`, `timeouts_unused`: timers that go off, and timers that do not.
//!
//! Sleepers: a million tasks, each asleep for some random time up to 200 ms, from the first spawn to
//! the last end. Timeouts: a thousand tasks in turn, each in a timeout around a yield, again and again.
//! Unused: a timeout around what never waits, so that no timer need be set.

use super::contest::{Contest, Work, no_goals, subjects};
use crate::measure::Subject;
use crate::report::{COROS, Goal};
use crate::subjects::SMALL_STACK;
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::tokio::{self, Clock, Tokio};

pub const SLEEPERS: Contest = Contest {
    case: "sleepers",
    tasks: &[1_000_000],
    tiny: &[1_000],
    work: Work::Tasks,
    goals: |_| vec![Goal::FasterThanPeers(1.0)],
    subjects: |tasks| {
        let mut coros = Coros::with_stacks_of(SMALL_STACK);
        let executor = AsyncExecutor::new();
        let peers = tokio::both(
            Clock::With,
            move |tokio, _| tokio.sleepers(tasks),
            move |tokio, _| tokio.sleepers(tasks),
        );
        let smol = Subject::new("async-io", move |_| executor.sleepers(tasks));
        let coros = Subject::new(COROS, move |_| coros.sleepers(tasks));
        subjects(coros, [peers, vec![smol]])
    },
};

pub const TIMEOUTS: Contest = Contest {
    case: "timeouts",
    tasks: &[1_000],
    tiny: &[1_000],
    work: Work::Laps,
    goals: |_| vec![Goal::FasterThanPeers(1.0)],
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let smol = Subject::new("async-io", move |laps| executor.timeouts(laps));
        let coros = Subject::new(COROS, move |laps| coros.timeouts(laps));
        let peers = tokio::both(Clock::With, Tokio::timeouts, Tokio::timeouts);
        subjects(coros, [peers, vec![smol]])
    },
};

pub const UNUSED: Contest = Contest {
    case: "timeouts_unused",
    tasks: &[1],
    tiny: &[1],
    work: Work::Laps,
    goals: no_goals,
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let smol = Subject::new("async-io", move |laps| executor.timeouts_unused(laps));
        let coros = Subject::new(COROS, move |laps| coros.timeouts_unused(laps));
        let peers = tokio::both(Clock::With, Tokio::timeouts_unused, Tokio::timeouts_unused);
        subjects(coros, [peers, vec![smol]])
    },
};
