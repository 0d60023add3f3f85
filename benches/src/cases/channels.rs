//! `ping_pong`, `rendezvous`, `mpsc_throughput`: channels, with a switch for each item and with few.
//!
//! Ping-pong: a token there and back through channels with room for one; rendezvous: for none, which
//! the peers do not have. Throughput: eight tasks send to one, with room for 64 items between. may's
//! only channel has room without end.

use super::contest::{Contest, Work, no_goals, subjects};
use crate::measure::Subject;
use crate::report::{COROS, Goal};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::tokio::{self, Clock, Tokio};

pub const PING_PONG: Contest = Contest {
    case: "ping_pong",
    tasks: &[2],
    tiny: &[2],
    work: Work::Laps,
    goals: |_| vec![Goal::FasterThanPeers(5.0)],
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let peers = tokio::both(Clock::Without, Tokio::ping_pong, Tokio::ping_pong);
        let others = vec![
            Subject::new("async-channel", move |laps| executor.ping_pong(laps)),
            Subject::new("may", |laps| May::start().ping_pong(laps)),
        ];
        let coros = Subject::new(COROS, move |laps| coros.ping_pong(laps));
        subjects(coros, [peers, others])
    },
};

pub const RENDEZVOUS: Contest = Contest {
    case: "rendezvous",
    tasks: &[2],
    tiny: &[2],
    work: Work::Laps,
    goals: no_goals,
    subjects: |_| {
        let mut coros = Coros::new();
        vec![Subject::new(COROS, move |laps| coros.rendezvous(laps))]
    },
};

pub const THROUGHPUT: Contest = Contest {
    case: "mpsc_throughput",
    tasks: &[9],
    tiny: &[9],
    work: Work::Laps,
    goals: |_| vec![Goal::FasterThanPeers(2.0)],
    subjects: |_| {
        let mut coros = Coros::new();
        let executor = AsyncExecutor::new();
        let peers = tokio::both(Clock::Without, Tokio::mpsc, Tokio::mpsc);
        let others = vec![
            Subject::new("async-channel", move |laps| executor.mpsc(laps)),
            Subject::new("may", |laps| May::start().mpsc(laps)),
        ];
        let coros = Subject::new(COROS, move |laps| coros.mpsc(laps));
        subjects(coros, [peers, others])
    },
};
