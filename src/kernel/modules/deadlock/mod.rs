//! Cycles: tasks that wait for one another, so that none of them can go on.
//!
//! Each wait names the tasks that can end it, as far as they are known. One walk along these names
//! serves both the log, when a task begins to wait, and the report of a stuck run.
//!
//! ```text
//! task ── waits on ──▶ mutex ── held by ──▶ task ── waits for the end of ──▶ task ── …
//! ```
//!
//! A task is *deadlocked* if its wait has no deadline, and each branch of it can be ended only by
//! deadlocked tasks. A cycle of deadlocked tasks is **certain**: whatever other tasks do, short of a
//! kill or a cancellation, it stays. Any other cycle is **likely**: another task might add a permit, or
//! send an item. The log and observers are told of certain cycles alone.

mod wait_graph;

use crate::kernel::abi::events::{Deadlock, Event};
use crate::kernel::abi::{Cycle, Tid};
use crate::kernel::core::Core;
use crate::kernel::parts::{WaitedFor, log_warn, target, title_of};
use crate::machine::TaskRef;
use wait_graph::{WaitGraph, enders_of, waits_without_end};

/// Of how many tasks the waits are followed when a task begins to wait; longer cycles are left to the
/// report of a stuck run.
const NEAR: usize = 64;

/// Tells the log and observers of the cycles that a task closes for certain which has begun to wait.
pub(crate) fn look(core: &mut Core, task: &TaskRef) {
    if may_be_deadlocked(core, task) {
        look_for_cycle(core, task);
    }
}

/// Whether a first look does not rule it out.
fn may_be_deadlocked(core: &Core, task: &TaskRef) -> bool {
    let may_wait = |holder| {
        let holder = core.find(holder);
        holder.is_some_and(|holder| waits_without_end(core, &holder))
    };
    match WaitedFor::at(task.wait()) {
        WaitedFor::List(list) if list.holding.get().is_certain() => {
            !list.holders.is_empty() && list.holders.sole().is_none_or(may_wait)
        }
        WaitedFor::ExitOf(target) => waits_without_end(core, &target),
        _ => false,
    }
}

fn look_for_cycle(core: &Core, task: &TaskRef) {
    let start = Tid::of(task);
    let Some(graph) = WaitGraph::near(core, start, NEAR) else {
        return;
    };
    // One that the task only waits for was told of when it was closed.
    let mut cycles = graph.certain_cycles();
    cycles.retain(|tids| tids.contains(&start));
    let mut told = Vec::new();
    for tids in cycles {
        let Cycle { tids, waits, .. } = cycle(core, tids, true);
        told.push(waits.join("; "));
        let time = core.moment();
        core.tell(|| Event::Deadlock(Deadlock { time, tids, waits }));
    }
    if !told.is_empty() {
        let text = told.join("; ");
        log_warn(target::DEADLOCK, format_args!("deadlock: {text}"));
    }
}

/// All cycles among the tasks that are left: those that are certain first.
pub(crate) fn cycles(core: &Core) -> Vec<Cycle> {
    let graph = WaitGraph::of_all(core);
    let certain = graph.certain_cycles().into_iter();
    let likely = graph.likely_cycles().into_iter();
    certain
        .map(|tids| cycle(core, tids, true))
        .chain(likely.map(|tids| cycle(core, tids, false)))
        .collect()
}

fn cycle(core: &Core, tids: Vec<Tid>, certain: bool) -> Cycle {
    let next = tids.iter().cycle().skip(1);
    let pairs = tids.iter().zip(next);
    let waits = pairs
        .filter_map(|(&one, &other)| wait_text(core, one, other))
        .collect();
    Cycle {
        waits,
        tids,
        certain,
    }
}

/// How a task waits for another, in words.
fn wait_text(core: &Core, tid: Tid, other: Tid) -> Option<String> {
    let task = core.find(tid)?;
    let one = title_of(&task);
    let other_title = title_of(&core.find(other)?);
    let mut found = None;
    task.each_wait(|wait| {
        if found.is_none() && enders_of(wait).contains(&other) {
            found = Some(WaitedFor::at(wait));
        }
    });
    Some(match found? {
        WaitedFor::List(list) if list.holders.contains(other) => {
            format!("{one} waits for {} held by {other_title}", list.title())
        }
        WaitedFor::List(list) => {
            format!("{one} waits for {} behind {other_title}", list.title())
        }
        _ => format!("{one} waits for {other_title}"),
    })
}
