//! `mutex_free` and `mutex_contended`: a lock that nobody else wants, and one that 16 tasks want.
//!
//! Contended: each holds it across a yield, so that the others queue. std's cannot be held like that.

use super::contest::{Contest, Work, subjects};
use crate::measure::Subject;
use crate::report::{COROS, Goal};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::plain;
use crate::subjects::tokio::{self, Clock, Tokio};

pub const FREE: Contest = Contest {
    case: "mutex_free",
    tasks: &[1],
    tiny: &[1],
    work: Work::Laps,
    goals: |_| vec![Goal::OfPeer("std", 1.0)],
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let peers = tokio::both(Clock::Without, Tokio::mutex_free, Tokio::mutex_free);
        let others = vec![
            Subject::new("async-lock", move |laps| executor.mutex_free(laps)),
            Subject::new("std", plain::mutex_free),
        ];
        let coros = Subject::new(COROS, move |laps| coros.mutex_free(laps));
        subjects(coros, [peers, others])
    },
};

pub const CONTENDED: Contest = Contest {
    case: "mutex_contended",
    tasks: &[16],
    tiny: &[16],
    work: Work::Laps,
    goals: |_| vec![Goal::FasterThanPeers(4.0)],
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let peers = tokio::both(
            Clock::Without,
            Tokio::mutex_contended,
            Tokio::mutex_contended,
        );
        let others = vec![
            Subject::new("async-lock", move |laps| executor.mutex_contended(laps)),
            Subject::new("may", |laps| May::start().mutex_contended(laps)),
        ];
        let coros = Subject::new(COROS, move |laps| coros.mutex_contended(laps));
        subjects(coros, [peers, others])
    },
};
