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

use super::core::Core;
use super::log::{log_warn, target};
use super::place::{Queue, WaitSlot};
use super::state::State;
use super::table::Record;
use super::tid::Tid;
use crate::machine::Context;
use wait_graph::WaitGraph;

/// Of how many tasks the waits are followed when a task begins to wait; longer cycles are left to the
/// report of a stuck run.
const NEAR: usize = 64;

/// Tasks each of which waits for the next, and the last for the first.
#[derive(Clone)]
pub(super) struct Cycle {
    pub(super) tids: Vec<Tid>,
    /// What each of them waits for, in words.
    pub(super) waits: Vec<String>,
    /// Whether no other task can end it.
    pub(super) certain: bool,
}

impl Core {
    /// Logs the cycle that a task closes which has begun to wait, if it closes one for certain.
    #[inline]
    pub(super) fn warn_of_cycle(&mut self, task: &Context) {
        if log::max_level() >= log::LevelFilter::Warn {
            let record = self.table.get(Tid::of(task).slot());
            if self.may_be_deadlocked(record) {
                self.look_for_cycle(task);
            }
        }
    }

    /// Whether a first look does not rule it out.
    fn may_be_deadlocked(&self, record: &Record) -> bool {
        let waits = |slot| waits_without_end(self.table.get(slot));
        let may_wait = |holder| self.table.find(holder).is_some_and(waits);
        match &record.wait.queue {
            Queue::List(list) if list.holding.get().is_certain() => {
                !list.holders.is_empty() && list.holders.sole().is_none_or(may_wait)
            }
            Queue::ExitOf(slot) => waits(*slot),
            _ => false,
        }
    }

    #[inline(never)]
    fn look_for_cycle(&self, task: &Context) {
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
    pub(super) fn cycles(&self) -> Vec<Cycle> {
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
        let slot = self.table.find(tid)?;
        let one = self.title(slot);
        let other_title = self.title(self.table.find(other)?);
        let mut waits = self.table.get(slot).waits();
        let wait = waits.find(|wait| self.enders_of(wait).contains(&other))?;
        Some(match &wait.queue {
            Queue::List(list) if list.holders.contains(other) => {
                format!("{one} waits for {} held by {other_title}", list.title())
            }
            Queue::List(list) => format!("{one} waits for {} behind {other_title}", list.title()),
            _ => format!("{one} waits for {other_title}"),
        })
    }

    /// Who holds what a task waits for: those who can end the wait, as far as is known.
    pub(super) fn holders_of(&self, wait: &WaitSlot) -> Vec<Tid> {
        match &wait.queue {
            Queue::None => Vec::new(),
            Queue::List(list) => list.holders.all(),
            Queue::ExitOf(slot) => vec![Tid::of(&self.table.get(*slot).context)],
        }
    }
}

/// Whether a task waits, and no timer and no deadline will ever end that.
fn waits_without_end(record: &Record) -> bool {
    let is_timed = record.waits().any(|wait| wait.timer.is_some());
    let has_deadline = record
        .extra
        .as_ref()
        .is_some_and(|extra| extra.scopes.has_deadline());
    State::of(&record.context) == State::Waiting && !is_timed && !has_deadline
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
