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
//! send an item. The log tells of certain cycles alone.

mod wait_graph;

use std::collections::{HashMap, HashSet};

use crate::kernel::abi::info::title_of;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::log::{log_warn, target};
use crate::kernel::core::place::WaitedFor;
use crate::kernel::core::state::State;
use crate::machine::{TaskRef, WaitNode};
use wait_graph::WaitGraph;

/// Of how many tasks the waits are followed when a task begins to wait; longer cycles are left to the
/// report of a stuck run.
const NEAR: usize = 64;

/// Tasks each of which waits for the next, and the last for the first.
#[derive(Clone)]
pub(in crate::kernel) struct Cycle {
    pub(in crate::kernel) tids: Vec<Tid>,
    /// What each of them waits for, in words.
    pub(in crate::kernel) waits: Vec<String>,
    /// Whether no other task can end it.
    pub(in crate::kernel) certain: bool,
}

impl Core {
    /// Logs the cycle that a task closes which has begun to wait, if it closes one for certain.
    #[inline]
    pub(in crate::kernel) fn warn_of_cycle(&mut self, task: &TaskRef) {
        if log::max_level() >= log::LevelFilter::Warn && self.may_be_deadlocked(task) {
            self.look_for_cycle(task);
        }
    }

    /// Whether a first look does not rule it out.
    fn may_be_deadlocked(&self, task: &TaskRef) -> bool {
        let may_wait = |holder| {
            let holder = self.table.find(holder);
            holder.as_ref().is_some_and(waits_without_end)
        };
        match WaitedFor::at(task.wait()) {
            WaitedFor::List(list) if list.holding.get().is_certain() => {
                !list.holders.is_empty() && list.holders.sole().is_none_or(may_wait)
            }
            WaitedFor::ExitOf(target) => waits_without_end(&target),
            _ => false,
        }
    }

    #[inline(never)]
    fn look_for_cycle(&self, task: &TaskRef) {
        let start = Tid::of(task);
        let Some(graph) = WaitGraph::near(self, start, NEAR) else {
            return;
        };
        // One that the task only waits for was told of when it was closed.
        let mut cycles = graph.certain_cycles();
        cycles.retain(|tids| tids.contains(&start));
        let cycles = cycles.into_iter().map(|tids| self.cycle(tids, true));
        let told: Vec<_> = cycles.flat_map(|cycle| cycle.waits).collect();
        if !told.is_empty() {
            let text = told.join("; ");
            log_warn(target::DEADLOCK, format_args!("deadlock: {text}"));
        }
    }

    /// All cycles among the tasks that are left: those that are certain first.
    pub(in crate::kernel) fn cycles(&self) -> Vec<Cycle> {
        let graph = WaitGraph::of_all(self);
        let certain = graph.certain_cycles().into_iter();
        let likely = graph.likely_cycles().into_iter();
        certain
            .map(|tids| self.cycle(tids, true))
            .chain(likely.map(|tids| self.cycle(tids, false)))
            .collect()
    }

    fn cycle(&self, tids: Vec<Tid>, certain: bool) -> Cycle {
        let next = tids.iter().cycle().skip(1);
        let pairs = tids.iter().zip(next);
        let waits = pairs
            .filter_map(|(&one, &other)| self.wait_text(one, other))
            .collect();
        Cycle {
            waits,
            tids,
            certain,
        }
    }

    /// How a task waits for another, in words.
    fn wait_text(&self, tid: Tid, other: Tid) -> Option<String> {
        let task = self.table.find(tid)?;
        let one = title_of(&task);
        let other_title = title_of(&self.table.find(other)?);
        let mut found = None;
        task.each_wait(|wait| {
            if found.is_none() && self.enders_of(wait).contains(&other) {
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

    /// Who holds what a task waits for: those who can end the wait, as far as is known.
    pub(in crate::kernel) fn holders_of(&self, wait: &WaitNode) -> Vec<Tid> {
        match WaitedFor::at(wait) {
            WaitedFor::Nothing => Vec::new(),
            WaitedFor::List(list) => list.holders.all(),
            WaitedFor::ExitOf(target) => vec![Tid::of(&target)],
        }
    }
}

/// Whether a task waits, and no timer and no deadline will ever end that.
fn waits_without_end(task: &TaskRef) -> bool {
    if State::of(task) != State::Waiting {
        return false;
    }
    let mut is_timed = false;
    task.each_wait(|wait| is_timed |= wait.timer.get().is_some());
    let extra = task.facts().extra_if_any();
    !is_timed && !extra.is_some_and(|extra| extra.scopes.borrow().has_deadline())
}

/// Cycles found by going from task to task along these edges, depth first. Each edge is followed once,
/// so of cycles that share a part not all are found.
fn cycles_along(starts: &[Tid], edges: &HashMap<Tid, Vec<Tid>>) -> Vec<Vec<Tid>> {
    let (mut seen, mut cycles) = (HashSet::new(), Vec::new());
    let mut on_path = HashMap::new();
    for &start in starts {
        // The tasks on the way here, and how many of its edges were tried of each.
        let mut path: Vec<(Tid, usize)> = Vec::new();
        let mut next = Some(start);
        loop {
            if let Some(tid) = next.filter(|&tid| seen.insert(tid)) {
                on_path.insert(tid, path.len());
                path.push((tid, 0));
            } else if let Some(&at) = next.and_then(|tid| on_path.get(&tid)) {
                cycles.push(path[at..].iter().map(|on| on.0).collect());
            }
            let Some((tid, edge)) = path.last_mut() else {
                break;
            };
            next = edges.get(tid).and_then(|edges| edges.get(*edge).copied());
            *edge += 1;
            if next.is_none() {
                on_path.remove(tid);
                path.pop();
            }
        }
    }
    cycles
}
