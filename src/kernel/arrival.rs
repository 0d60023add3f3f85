//! Births: at once, or when a task's time has come.

use std::time::Duration;

use super::core::Core;
use super::state::State;
use super::tid::Tid;
use super::timers::Due;
use crate::devices;
use crate::machine::TaskRef;

impl Core {
    /// Tells whoever wants to know that a task is there.
    #[inline]
    pub(super) fn note_birth(&mut self, tid: Tid) {
        self.log_birth(tid);
        if self.wants_chld | self.stopping.is_some() {
            self.note_circumstances(tid);
        }
        if self.cpus.is_some() | self.is_observed() {
            self.announce(tid);
        }
    }

    /// What few runs have: somebody who wants to know of the ends of children, or an end ahead.
    #[cold]
    #[inline(never)]
    fn note_circumstances(&mut self, tid: Tid) {
        self.note_parent(tid);
        self.tell_newborn_of_stop(tid);
    }

    #[cold]
    #[inline(never)]
    fn announce(&mut self, tid: Tid) {
        if self.is_observed() {
            let serving = self.table.try_get(self.serving.get());
            let parent = serving.as_ref().map(Tid::of);
            self.tell_birth(tid, parent);
        }
        if !self.has_not_arrived(tid) {
            self.admit(tid);
        }
    }

    /// Lets a new task wait for its time.
    pub(super) fn await_arrival(&mut self, task: &TaskRef, after: Duration) {
        let now = self.clock.read();
        let deadline = now.saturating_add(devices::nanoseconds(after));
        let timer = self
            .timers
            .set(deadline, Due::Arrival(Tid::of(task).slot()));
        task.facts().since.set(now);
        task.wait().timer.set(Some(timer));
        State::Waiting.put_just(task);
        State::set_enrolled(task);
    }

    /// A task's time has come.
    pub(super) fn arrive(&mut self, slot: u32) {
        let task = self.table.get(slot);
        task.wait().timer.set(None);
        task.facts().extra().expected.set(false);
        if State::of(&task) == State::Stopped {
            return; // It is there, but goes nowhere yet.
        }
        State::Ready.put_just(&task);
        let tid = Tid::of(&task);
        self.ready.push(task);
        self.admit(tid);
    }

    /// Whether a task's time has not come yet.
    pub(super) fn has_not_arrived(&self, tid: Tid) -> bool {
        let task = self.table.find(tid);
        task.is_some_and(|task| task.facts().is_expected())
    }
}
