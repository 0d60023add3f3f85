//! `cross_core`: a token there and back between two threads, each pinned to a core of its own.

use super::contest::{Contest, Work};
use crate::measure::Subject;
use crate::report::{COROS, Goal};
use crate::subjects::{coros, plain, tokio};

pub const CROSS_CORE: Contest = Contest {
    case: "cross_core",
    tasks: &[2],
    tiny: &[2],
    work: Work::Threads,
    goals: |_| vec![Goal::FasterThanPeers(1.0)],
    subjects: |_| {
        vec![
            Subject::new(COROS, coros::across::ping_pong_across),
            Subject::new("tokio, a worker", tokio::across::ping_pong_across_workers),
            Subject::new(
                "tokio, 2 runtimes",
                tokio::across::ping_pong_across_runtimes,
            ),
            Subject::new("std", plain::ping_pong_across),
        ]
    },
};
