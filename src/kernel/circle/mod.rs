//! Circles: tasks that wait for one another, so that none of them can go on.
//!
//! Each wait names the tasks that can end it, as far as they are known. One walk along these names
//! serves both the log, when a task begins to wait, and the report of a stuck run.
//!
//! ```text
//! task ── waits on ──▶ mutex ── held by ──▶ task ── waits for the end of ──▶ task ── …
//! ```
//!
//! A task is *doomed* if its wait has no deadline, and each branch of it can be ended only by doomed
//! tasks. A circle of doomed tasks is **certain**: whatever other tasks do, short of a kill or a
//! cancellation, it stays. Any other circle is **likely**: another task might add a permit, or send an
//! item. The log tells of certain circles alone.

mod doom;

use std::collections::{HashMap, HashSet};

use super::core::Core;
use super::log::{log_warn, target};
use super::place::{Queue, WaitSlot};
use super::state::State;
use super::table::Record;
use super::tid::Tid;
use crate::machine::Context;
use doom::Waits;

/// Of how many tasks the waits are followed when a task begins to wait; longer circles are left to the
/// report of a stuck run.
const NEAR: usize = 64;

/// Tasks each of which waits for the next, and the last for the first.
#[derive(Clone)]
pub(super) struct Circle {
    pub(super) tids: Vec<Tid>,
    /// What each of them waits for, in words.
    pub(super) waits: Vec<String>,
    /// Whether no other task can end it.
    pub(super) certain: bool,
}

impl Core {
    /// Logs the circle that a task closes which has begun to wait, if it closes one for certain.
    #[inline]
    pub(super) fn warn_of_circle(&mut self, task: &Context) {
        if log::max_level() >= log::LevelFilter::Warn {
            let record = self.table.get(Tid::of(task).slot());
            if self.may_be_doomed(record) {
                self.look_for_circle(task);
            }
        }
    }

    /// Whether a first look does not rule it out.
    pub(super) fn may_be_doomed(&self, record: &Record) -> bool {
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
    fn look_for_circle(&self, task: &Context) {
        let start = Tid::of(task);
        let Some(waits) = Waits::near(self, start, NEAR) else {
            return;
        };
        // One that the task only waits for was told of when it was closed.
        let mut circles = waits.certain_circles();
        circles.retain(|tids| tids.contains(&start));
        let circles = circles.into_iter().map(|tids| self.circle(tids, true));
        let told: Vec<_> = circles.flat_map(|circle| circle.waits).collect();
        if !told.is_empty() {
            let text = told.join("; ");
            log_warn(target::DEADLOCK, format_args!("deadlock: {text}"));
        }
    }

    /// All circles among the tasks that are left: those that are certain first.
    pub(super) fn circles(&self) -> Vec<Circle> {
        let waits = Waits::of_all(self);
        let certain = waits.certain_circles().into_iter();
        let likely = waits.likely_circles().into_iter();
        certain
            .map(|tids| self.circle(tids, true))
            .chain(likely.map(|tids| self.circle(tids, false)))
            .collect()
    }

    fn circle(&self, tids: Vec<Tid>, certain: bool) -> Circle {
        let next = tids.iter().cycle().skip(1);
        let pairs = tids.iter().zip(next);
        let waits = pairs
            .filter_map(|(&one, &other)| self.wait_text(one, other))
            .collect();
        Circle {
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

/// Circles found by going from task to task along these ways, depth first. Each way is gone once, so of
/// circles that share a part not all are found.
fn circles_along(starts: &[Tid], ways: &HashMap<Tid, Vec<Tid>>) -> Vec<Vec<Tid>> {
    let (mut seen, mut circles) = (HashSet::new(), Vec::new());
    let mut on_path = HashMap::new();
    for &start in starts {
        // The tasks on the way here, and how many of its ways were tried of each.
        let mut path: Vec<(Tid, usize)> = Vec::new();
        let mut next = Some(start);
        loop {
            if let Some(tid) = next.filter(|&tid| seen.insert(tid)) {
                on_path.insert(tid, path.len());
                path.push((tid, 0));
            } else if let Some(&at) = next.and_then(|tid| on_path.get(&tid)) {
                circles.push(path[at..].iter().map(|on| on.0).collect());
            }
            let Some((tid, way)) = path.last_mut() else {
                break;
            };
            next = ways.get(tid).and_then(|ways| ways.get(*way).copied());
            *way += 1;
            if next.is_none() {
                on_path.remove(tid);
                path.pop();
            }
        }
    }
    circles
}
