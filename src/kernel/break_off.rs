//! Breaking off waits: interruptions of scopes, and what they do to whoever waits inside.

use super::core::Core;
use super::events::Cause;
use super::interrupt::{Interrupted, Why};
use super::journal::Change;
use super::scope::{ScopeId, Scopes};
use super::state::State;
use super::tid::Tid;
use crate::machine::TaskRef;

impl Core {
    /// The deadline of a scope has come.
    pub(super) fn expire(&mut self, slot: u32, id: ScopeId) {
        let task = self.table.get(slot);
        self.interrupt(task, id, Interrupted::new(Why::TimedOut));
    }

    /// Interrupts a task, or one of its scopes, as posted.
    pub(super) fn interrupt_as_posted(&mut self, tid: Tid, id: Option<ScopeId>, why: Interrupted) {
        if let Some(task) = self.table.find(tid) {
            self.interrupt(task, id.unwrap_or(Scopes::TASK), why);
        }
    }

    /// Interrupts a task.
    pub(super) fn interrupt_task(&mut self, task: TaskRef, why: Interrupted) {
        self.interrupt(task, Scopes::TASK, why);
    }

    /// Interrupts a scope, for good. A wait in it is broken off now, unless it has been granted.
    fn interrupt(&mut self, task: TaskRef, id: ScopeId, why: Interrupted) {
        let serial = self.interruptions.get() + 1;
        self.interruptions.set(serial);
        let mut scopes = task.facts().extra().scopes.borrow_mut();
        let Some(scope) = scopes.find(id) else { return };
        if let Some(timer) = scope.timer.take() {
            self.timers.remove(timer);
        }
        scope.mark.get_or_insert((serial, why.clone()));
        drop(scopes);
        let tid = Tid::of(&task);
        self.tell_signal(tid, &why);
        if self.interrupted(&task) {
            self.put_back(task);
            self.journal.note(|| Change::Woken {
                tid,
                cause: Cause::Signal,
                now: self.clock.seen(),
            });
        }
    }

    /// The wait was not broken off after all: what it waited for had been granted.
    fn take_back_told(task: &TaskRef, id: ScopeId, before: Option<Interrupted>) {
        let mut scopes = task.facts().extra().scopes.borrow_mut();
        if let Some(scope) = scopes.find(id) {
            scope.told = before;
        }
    }

    /// Whether a task waits, or computes, and has not got what it asked for.
    fn may_break_off(&self, task: &TaskRef) -> bool {
        match State::of(task) {
            State::Waiting => task.has_call() && !task.is_answered(),
            State::Computing => !self.has_computed(Tid::of(task)),
            _ => false,
        }
    }

    /// Breaks off the wait of a task, if it waits, nothing was granted to it and a scope says so; says
    /// whether its call is answered now.
    pub(super) fn interrupted(&mut self, task: &TaskRef) -> bool {
        if !self.may_break_off(task) {
            return false;
        }
        let Some(extra) = task.facts().extra_if_any() else {
            return false;
        };
        let Some((id, why, before)) = extra.scopes.borrow_mut().tell_first() else {
            return false;
        };
        match self.break_off(task, why) {
            Ok(granted) => {
                if granted {
                    Self::take_back_told(task, id, before);
                }
                true
            }
            Err(payload) => {
                self.raise_in(task, payload);
                self.queue_stray(task);
                false
            }
        }
    }
}
