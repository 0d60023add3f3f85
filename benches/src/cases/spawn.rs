//! `spawn_end` and `spawn_join`: how long a task's whole life takes, without and with a handle.
//!
//! Without: a parent spawns a batch of children, keeps no handle, and yields, which lets those end
//! that have not ended yet. With: it waits for each child's value before it spawns the next one.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal, LIMIT};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::corosensei;
use crate::subjects::may::May;
use crate::subjects::tokio::Tokio;

pub fn run_spawn_end(effort: &Effort) -> Vec<Entry> {
    let mut coros = Coros::new();
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let contest = Contest {
        case: "spawn_end",
        tasks: 1,
        goals: vec![Goal::FasterThanPeers(4.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.spawn_end(laps)),
            Subject::new(LIMIT, corosensei::spawn_end),
            Subject::new("tokio", move |laps| tokio.spawn_end(laps)),
            Subject::new("async-executor", move |laps| executor.spawn_end(laps)),
            Subject::new("may", |laps| May::start().spawn_end(laps)),
        ],
    };
    contest.hold(effort)
}

pub fn run_spawn_join(effort: &Effort) -> Vec<Entry> {
    let mut coros = Coros::new();
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let contest = Contest {
        case: "spawn_join",
        tasks: 1,
        goals: vec![Goal::FasterThanPeers(3.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.spawn_join(laps)),
            Subject::new("tokio", move |laps| tokio.spawn_join(laps)),
            Subject::new("async-executor", move |laps| executor.spawn_join(laps)),
            Subject::new("may", |laps| May::start().spawn_join(laps)),
        ],
    };
    contest.hold(effort)
}
