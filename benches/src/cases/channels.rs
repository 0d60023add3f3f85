//! `ping_pong` and `mpsc_throughput`: channels, with a switch for each item and with few.
//!
//! Ping-pong: a token there and back through channels with room for one. Throughput: eight tasks send
//! to one, with room for 64 items between. may's only channel has room without end.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::tokio::Tokio;

pub fn run_ping_pong(effort: &Effort) -> Vec<Entry> {
    let mut coros = Coros::new();
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let contest = Contest {
        case: "ping_pong",
        tasks: 2,
        goals: vec![Goal::FasterThanPeers(5.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.ping_pong(laps)),
            Subject::new("tokio", move |laps| tokio.ping_pong(laps)),
            Subject::new("async-channel", move |laps| executor.ping_pong(laps)),
            Subject::new("may", |laps| May::start().ping_pong(laps)),
        ],
    };
    contest.hold(effort)
}

pub fn run_mpsc_throughput(effort: &Effort) -> Vec<Entry> {
    let mut coros = Coros::new();
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let contest = Contest {
        case: "mpsc_throughput",
        tasks: 9,
        goals: vec![Goal::FasterThanPeers(2.0)],
        subjects: vec![
            Subject::new(COROS, move |laps| coros.mpsc(laps)),
            Subject::new("tokio", move |laps| tokio.mpsc(laps)),
            Subject::new("async-channel", move |laps| executor.mpsc(laps)),
            Subject::new("may", |laps| May::start().mpsc(laps)),
        ],
    };
    contest.hold(effort)
}
