//! `get_tid`: tasks in turn make a call that asks for next to nothing; peers yield.

use super::contest::{Contest, Work, subjects};
use crate::measure::{Sample, Subject};
use crate::report::{COROS, Goal, LIMIT, LOOP};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::corosensei;
use crate::subjects::may::{self, May};
use crate::subjects::tokio::{self, Clock};
use crate::subjects::{SMALL_STACK, USUAL_STACK};

pub const GET_TID: Contest = Contest {
    case: "get_tid",
    tasks: &[2, 100, 1_000, MANY, 100_000, 1_000_000],
    tiny: &[2, 100, MANY],
    work: Work::Laps,
    goals,
    subjects: contestants,
};

/// From so many tasks on memory is what counts, and who runs them chooses small stacks: the default
/// costs page-table lines then. The limit has its stacks carved out of one mapping as coros has, since
/// mappings of their own end near 32,000.
const MANY: usize = 10_000;

/// From so few on, what else a kernel must do is most of the cost.
const FEW: usize = 2;

fn goals(tasks: usize) -> Vec<Goal> {
    use Goal::{FasterThanPeers, OfLimit};
    match tasks {
        FEW => vec![OfLimit(1.1)],
        100 => vec![OfLimit(1.1), FasterThanPeers(5.0)],
        1_000 => vec![OfLimit(0.7), FasterThanPeers(5.0)],
        MANY => vec![OfLimit(1.1), FasterThanPeers(2.0)],
        100_000 => vec![OfLimit(0.9), FasterThanPeers(2.0)],
        _ => Vec::new(),
    }
}

fn contestants(tasks: usize) -> Vec<Subject> {
    let stack = match tasks {
        ..MANY => USUAL_STACK,
        _ => SMALL_STACK,
    };
    let mut coros = Coros::with_stacks_of(stack);
    let executor = AsyncExecutor::new();
    let peers = tokio::both(
        Clock::Without,
        move |tokio, laps| tokio.yields(tasks, laps),
        move |tokio, laps| tokio.yields(tasks, laps),
    );
    let mut others = vec![Subject::new("async-executor", move |laps| {
        executor.yields(tasks, laps)
    })];
    if tasks <= may::MOST_TASKS {
        let may = move |laps| May::start().yields(tasks, laps);
        others.push(Subject::new("may", may));
    }
    let coros = Subject::new(COROS, move |laps| coros.get_tid(tasks, laps));
    subjects(coros, [vec![limit(tasks)], peers, others])
}

fn limit(tasks: usize) -> Subject {
    let raw = move |laps| -> Sample {
        match tasks {
            ..MANY => corosensei::round_robin(corosensei::mapped_stacks(tasks), laps),
            _ => corosensei::round_robin(corosensei::carved_stacks(tasks), laps),
        }
    };
    match tasks {
        ..=FEW => Subject::new(LOOP, move |laps| corosensei::smallest_loop(tasks, laps)),
        _ => Subject::new(LIMIT, raw),
    }
}
