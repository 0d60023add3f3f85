//! `ring`: 503 tasks pass a token; an operation is one task parked, one woken.

use super::contest::{Contest, Work, subjects};
use crate::measure::Subject;
use crate::report::{COROS, Goal};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::tokio::{self, Clock};

pub const RING: Contest = Contest {
    case: "ring",
    tasks: &[503],
    tiny: &[11],
    work: Work::Laps,
    goals: |_| vec![Goal::FasterThanPeers(4.0)],
    subjects: |tasks| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let peers = tokio::both(
            Clock::Without,
            move |tokio, laps| tokio.ring(tasks, laps),
            move |tokio, laps| tokio.ring(tasks, laps),
        );
        let others = vec![
            Subject::new("async-executor", move |laps| executor.ring(tasks, laps)),
            Subject::new("may", move |laps| May::start().ring(tasks, laps)),
        ];
        let coros = Subject::new(COROS, move |laps| coros.ring(tasks, laps));
        subjects(coros, [peers, others])
    },
};
