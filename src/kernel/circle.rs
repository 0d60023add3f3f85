//! Circles: tasks that wait for one another, found when the last of them begins to wait.
//!
//! Every list may know its holders, the tasks that can end the waits there. From a task that begins to
//! wait we follow them: if each way comes back, none of these tasks can ever go on, even though others
//! run. Waits with a deadline end by themselves, and make no circle.

use super::core::Core;
use super::holding::Holding;
use super::log::log_warn;
use super::place::{Queue, WaitSlot};
use super::state::State;
use super::table::Record;
use super::tid::Tid;
use crate::machine::Context;

/// Longer circles are left to the report of a stuck run.
const LONGEST: usize = 64;

impl Core {
    /// Logs the circle that a task closes which has begun to wait, if it closes one.
    #[inline]
    pub(super) fn warn_of_circle(&mut self, task: &Context) {
        let record = self.table.get(Tid::of(task).slot());
        let may_close_one = match &record.wait.queue {
            Queue::None => false,
            Queue::List(list) => list.is_held() && list.holding.get() != Holding::Perhaps,
            Queue::ExitOf(_) => true,
        };
        if may_close_one {
            self.look_for_circle(task);
        }
    }

    #[inline(never)]
    fn look_for_circle(&mut self, task: &Context) {
        let (tid, mut path) = (Tid::of(task), Vec::new());
        if !self.is_doomed(tid, &mut path) || !self.holds_up_one_of(tid, &path) {
            return;
        }
        let waits: Vec<String> = path.iter().filter_map(|&tid| self.wait_text(tid)).collect();
        log_warn(format_args!("deadlock: {}", waits.join("; ")));
    }

    /// Whether one of these waits for the task: else it is not in the circle, but waits for one that was
    /// told of before.
    fn holds_up_one_of(&self, tid: Tid, path: &[Tid]) -> bool {
        let slots = path.iter().filter_map(|&tid| self.table.find(tid));
        let mut waits = slots.flat_map(|slot| self.table.get(slot).waits());
        waits.any(|wait| self.holders_of(wait).contains(&tid))
    }

    /// Whether a task waits for ever, as far as its holders and theirs are known. The path that led to
    /// it is taken to be doomed: then it is.
    fn is_doomed(&self, tid: Tid, path: &mut Vec<Tid>) -> bool {
        if path.contains(&tid) {
            return true;
        }
        let slot = self.table.find(tid);
        let Some(record) = slot.map(|slot| self.table.get(slot)) else {
            return false;
        };
        if path.len() == LONGEST || !waits_without_end(record) || self.mail.will_reach(tid, record)
        {
            return false;
        }
        let before = path.len();
        path.push(tid);
        let doomed = record.waits().all(|wait| self.is_hopeless(wait, path));
        if !doomed {
            path.truncate(before);
        }
        doomed
    }

    fn is_hopeless(&self, wait: &WaitSlot, path: &mut Vec<Tid>) -> bool {
        let holders = self.holders_of(wait);
        let mut doomed = holders.iter().map(|&tid| self.is_doomed(tid, path));
        match &wait.queue {
            _ if holders.is_empty() => false,
            Queue::None => false,
            Queue::ExitOf(_) => doomed.all(|doomed| doomed),
            Queue::List(list) => match list.holding.get() {
                Holding::Perhaps => false,
                Holding::Any => doomed.all(|doomed| doomed),
                Holding::All => doomed.any(|doomed| doomed),
            },
        }
    }

    /// Who can end a wait, as far as is known.
    pub(super) fn holders_of(&self, wait: &WaitSlot) -> Vec<Tid> {
        match &wait.queue {
            Queue::None => Vec::new(),
            Queue::List(list) => list.holders(),
            Queue::ExitOf(slot) => vec![Tid::of(&self.table.get(*slot).context)],
        }
    }

    /// What a task waits for, in words.
    fn wait_text(&self, tid: Tid) -> Option<String> {
        let slot = self.table.find(tid)?;
        let record = self.table.get(slot);
        let title = |tid: &Tid| match self.table.find(*tid) {
            Some(slot) => self.title(slot),
            None => format!("task {tid}, which is gone"),
        };
        let holders: Vec<_> = self.holders_of(&record.wait).iter().map(title).collect();
        let holders = holders.join(", ");
        Some(match &record.wait.queue {
            Queue::List(list) => {
                format!(
                    "{} waits for {} held by {holders}",
                    self.title(slot),
                    list.title()
                )
            }
            _ => format!("{} waits for {holders}", self.title(slot)),
        })
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
