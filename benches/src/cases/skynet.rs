//! `skynet`: a tree of tasks, ten children each, whose million leaves are summed up through handles.
//!
//! Each round runs in a fresh process. An operation is a leaf, with its share of the branches.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal};
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::tokio::Tokio;

pub const NAME: &str = "skynet";

const STACK: usize = 16 << 10;

pub fn run(effort: &Effort) -> Vec<Entry> {
    let leaves = effort.scale(1_000_000, 1_000);
    contest(leaves).in_fresh_processes().hold(&effort.brief())
}

pub fn contest(leaves: usize) -> Contest {
    let count = leaves as u64;
    Contest {
        case: NAME,
        tasks: leaves,
        goals: vec![Goal::FasterThanPeers(1.0)],
        subjects: vec![
            Subject::new(COROS, move |_| Coros::with_stacks_of(STACK).skynet(count)),
            Subject::new("tokio", move |_| Tokio::new().skynet(count)),
            Subject::new("may", move |_| May::start().skynet(count)),
        ],
    }
}
