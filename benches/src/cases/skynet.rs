//! `skynet`: a tree of tasks, ten children each, whose million leaves are summed up through handles.
//!
//! An operation is a leaf, with its share of the branches.

use super::contest::{Contest, Work, subjects};
use crate::measure::Subject;
use crate::report::{COROS, Goal};
use crate::subjects::SMALL_STACK;
use crate::subjects::coros::Coros;
use crate::subjects::may::May;
use crate::subjects::tokio::{self, Clock};

pub const SKYNET: Contest = Contest {
    case: "skynet",
    tasks: &[1_000_000],
    tiny: &[1_000],
    work: Work::Tasks,
    goals: |_| vec![Goal::FasterThanPeers(1.0)],
    subjects: |leaves| {
        let count = leaves as u64;
        let mut coros = Coros::with_stacks_of(SMALL_STACK);
        let peers = tokio::both(
            Clock::Without,
            move |tokio, _| tokio.skynet(count),
            move |tokio, _| tokio.skynet(count),
        );
        let may = Subject::new("may", move |_| May::start().skynet(count));
        let coros = Subject::new(COROS, move |_| coros.skynet(count));
        subjects(coros, [peers, vec![may]])
    },
};
