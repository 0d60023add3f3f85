//! `cross_core`: a token there and back between two threads, each pinned to a core of its own.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal};
use crate::subjects::{coros, plain, tokio};

pub fn run(effort: &Effort) -> Vec<Entry> {
    let contest = Contest {
        case: "cross_core",
        tasks: 2,
        goals: vec![Goal::FasterThanPeers(1.0)],
        subjects: vec![
            Subject::new(COROS, coros::across::ping_pong_across),
            Subject::new("tokio, a worker", tokio::across::ping_pong_across_workers),
            Subject::new(
                "tokio, 2 runtimes",
                tokio::across::ping_pong_across_runtimes,
            ),
            Subject::new("std", plain::ping_pong_across),
        ],
    };
    contest.hold(effort)
}
