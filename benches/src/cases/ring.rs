//! `ring`: 503 tasks pass a token; an operation is one task parked, one woken.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::tokio::Tokio;

pub fn run(effort: &Effort) -> Vec<Entry> {
    let tasks = effort.scale(503, 11);
    let mut coros = Coros::new();
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let contest = Contest {
        case: "ring",
        tasks,
        goals: vec![Goal::FasterThanPeers(4.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.ring(tasks, laps)),
            Subject::new("tokio", move |laps| tokio.ring(tasks, laps)),
            Subject::new("async-executor", move |laps| executor.ring(tasks, laps)),
            Subject::new("may", move |laps| May::start().ring(tasks, laps)),
        ],
    };
    contest.hold(effort)
}
