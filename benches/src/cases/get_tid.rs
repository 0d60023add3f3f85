//! `get_tid`: tasks in turn make a call that asks for next to nothing; peers yield.

use super::Contest;
use crate::measure::{Effort, Subject};
use crate::report::{COROS, Entry, Goal, LIMIT};
use crate::subjects::async_executor::AsyncExecutor;
use crate::subjects::coros::Coros;
use crate::subjects::corosensei;
use crate::subjects::may::{self, May};
use crate::subjects::tokio::Tokio;

/// Where memory is what counts: tasks on the smallest usual stacks.
const SMALL_STACK: usize = 16 << 10;
const USUAL_STACK: usize = 256 << 10;

/// What the limit of a row is.
#[derive(Clone, Copy)]
enum Limit {
    /// One coroutine, resumed again and again.
    Alone,
    /// As many coroutines in turn, each on a stack of its own mapping.
    Mapped,
    /// As many in turn, on stacks carved out of one mapping: own mappings end near 32,000.
    Carved,
}

struct Row {
    tasks: usize,
    limit: Limit,
    goals: &'static [Goal],
}

const FULL: [Row; 5] = {
    use Goal::{FasterThanPeers, OfLimit};
    [
        row(2, Limit::Alone, &[OfLimit(2.8)]),
        row(100, Limit::Mapped, &[OfLimit(1.1), FasterThanPeers(5.0)]),
        row(1_000, Limit::Mapped, &[OfLimit(0.7), FasterThanPeers(5.0)]),
        row(10_000, Limit::Mapped, &[OfLimit(1.1), FasterThanPeers(2.0)]),
        row(
            100_000,
            Limit::Carved,
            &[OfLimit(0.9), FasterThanPeers(2.0)],
        ),
    ]
};

const SMOKE: [Row; 3] = [
    row(2, Limit::Alone, &[]),
    row(100, Limit::Mapped, &[]),
    row(1_000, Limit::Carved, &[]),
];

const fn row(tasks: usize, limit: Limit, goals: &'static [Goal]) -> Row {
    Row {
        tasks,
        limit,
        goals,
    }
}

pub fn run(effort: &Effort) -> Vec<Entry> {
    let rows: &[Row] = if effort.is_smoke() { &SMOKE } else { &FULL };
    rows.iter()
        .flat_map(|row| contest(row).hold(effort))
        .collect()
}

fn contest(row: &Row) -> Contest {
    let tasks = row.tasks;
    // Who runs that many chooses small stacks; the default costs page-table lines here.
    let stack = if tasks < 10_000 {
        USUAL_STACK
    } else {
        SMALL_STACK
    };
    let mut coros = Coros::with_stacks_of(stack);
    let limit = row.limit;
    let tokio = Tokio::new();
    let executor = AsyncExecutor::new();
    let mut subjects = vec![
        Subject::new(COROS, move |laps| coros.get_tid(tasks, laps)),
        Subject::new(LIMIT, move |laps| match limit {
            Limit::Alone => corosensei::alone(laps),
            Limit::Mapped => corosensei::round_robin(corosensei::mapped_stacks(tasks), laps),
            Limit::Carved => corosensei::round_robin(corosensei::carved_stacks(tasks), laps),
        }),
        Subject::new("tokio", move |laps| tokio.yields(tasks, laps)),
        Subject::new("async-executor", move |laps| executor.yields(tasks, laps)),
    ];
    if tasks <= may::MOST_TASKS {
        subjects.push(Subject::new("may", move |laps| {
            May::start().yields(tasks, laps)
        }));
    }
    Contest {
        case: "get_tid",
        tasks,
        goals: row.goals.to_vec(),
        subjects,
    }
}
