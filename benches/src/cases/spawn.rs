//! `spawn_end` and `spawn_join`: how long a task's whole life takes, without and with a handle.
//!
//! Without: a parent spawns a batch of children, keeps no handle, and yields, which lets those end
//! that have not ended yet. With: it waits for each child's value before it spawns the next one.

use super::contest::{Contest, Work, subjects};
use crate::measure::Subject;
use crate::report::{COROS, Goal, LIMIT};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::corosensei;
use crate::subjects::may::May;
use crate::subjects::tokio::{self, Clock, Tokio};

pub const END: Contest = Contest {
    case: "spawn_end",
    tasks: &[1],
    tiny: &[1],
    work: Work::Laps,
    goals: |_| vec![Goal::FasterThanPeers(4.0)],
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let limit = Subject::new(LIMIT, corosensei::spawn_end);
        let peers = tokio::both(Clock::Without, Tokio::spawn_end, Tokio::spawn_end);
        let others = vec![
            Subject::new("async-executor", move |laps| executor.spawn_end(laps)),
            Subject::new("may", |laps| May::start().spawn_end(laps)),
        ];
        let coros = Subject::new(COROS, move |laps| coros.spawn_end(laps));
        subjects(coros, [vec![limit], peers, others])
    },
};

pub const JOIN: Contest = Contest {
    case: "spawn_join",
    tasks: &[1],
    tiny: &[1],
    work: Work::Laps,
    goals: |_| vec![Goal::FasterThanPeers(3.0)],
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let peers = tokio::both(Clock::Without, Tokio::spawn_join, Tokio::spawn_join);
        let others = vec![
            Subject::new("async-executor", move |laps| executor.spawn_join(laps)),
            Subject::new("may", |laps| May::start().spawn_join(laps)),
        ];
        let coros = Subject::new(COROS, move |laps| coros.spawn_join(laps));
        subjects(coros, [peers, others])
    },
};
