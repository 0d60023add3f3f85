//! `mutex_free` and `mutex_contended`: a lock that nobody else wants, and one that 16 tasks want.
//!
//! Contended: each holds it across a yield, so that the others queue. std's cannot be held like that.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::plain;
use crate::subjects::tokio::Tokio;

pub fn run_free(effort: &Effort) -> Vec<Entry> {
    let mut coros = Coros::new();
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let contest = Contest {
        case: "mutex_free",
        tasks: 1,
        goals: vec![Goal::OfPeer("std", 1.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.mutex_free(laps)),
            Subject::new("tokio", move |laps| tokio.mutex_free(laps)),
            Subject::new("async-lock", move |laps| executor.mutex_free(laps)),
            Subject::new("std", plain::mutex_free),
        ],
    };
    contest.hold(effort)
}

pub fn run_contended(effort: &Effort) -> Vec<Entry> {
    let mut coros = Coros::new();
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let contest = Contest {
        case: "mutex_contended",
        tasks: 16,
        goals: vec![Goal::FasterThanPeers(4.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.mutex_contended(laps)),
            Subject::new("tokio", move |laps| tokio.mutex_contended(laps)),
            Subject::new("async-lock", move |laps| executor.mutex_contended(laps)),
            Subject::new("may", |laps| May::start().mutex_contended(laps)),
        ],
    };
    contest.hold(effort)
}
