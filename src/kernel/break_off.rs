//! Breaking off waits: interruptions of scopes, and what they do to whoever waits inside.

use super::core::Core;
use super::events::Cause;
use super::interrupt::{Interrupted, Why};
use super::scope::{ScopeId, Scopes};
use super::state::State;
use super::tid::Tid;
use crate::machine::Context;

impl Core {
    /// The deadline of a scope has come.
    pub(super) fn expire(&mut self, slot: u32, id: ScopeId) {
        self.interrupt(slot, id, Interrupted::new(Why::TimedOut));
    }

    /// Interrupts a task, or one of its scopes, as posted.
    pub(super) fn interrupt_as_posted(&mut self, tid: Tid, id: Option<ScopeId>, why: Interrupted) {
        if let Some(slot) = self.table.find(tid) {
            self.interrupt(slot, id.unwrap_or(Scopes::TASK), why);
        }
    }

    /// Interrupts a task.
    pub(super) fn interrupt_task(&mut self, slot: u32, why: Interrupted) {
        self.interrupt(slot, Scopes::TASK, why);
    }

    /// Interrupts a scope, for good. A wait in it is broken off now, unless it has been granted.
    fn interrupt(&mut self, slot: u32, id: ScopeId, why: Interrupted) {
        self.interruptions += 1;
        let serial = self.interruptions;
        let scopes = &mut self.table.get_mut(slot).extra().scopes;
        let Some(scope) = scopes.find(id) else { return };
        if let Some(timer) = scope.timer.take() {
            self.timers.remove(timer);
        }
        scope.mark.get_or_insert((serial, why.clone()));
        let task = self.table.get(slot).context.clone();
        let tid = Tid::of(&task);
        self.tell_signal(tid, &why);
        if self.interrupted(&task) {
            self.put_back(task);
            self.note_woken(tid, |_| Cause::Signal);
        }
    }

    /// The wait was not broken off after all: what it waited for had been granted.
    fn take_back_told(&mut self, slot: u32, id: ScopeId, before: Option<Interrupted>) {
        let extra = self.table.get_mut(slot).extra.as_mut();
        if let Some(scope) = extra.and_then(|extra| extra.scopes.find(id)) {
            scope.told = before;
        }
    }

    /// Whether a task waits, or computes, and has not got what it asked for.
    fn may_break_off(&self, task: &Context) -> bool {
        match State::of(task) {
            State::Waiting => task.has_call() && !task.is_answered(),
            State::Computing => !self.has_computed(Tid::of(task)),
            _ => false,
        }
    }

    /// Breaks off the wait of a task, if it waits, nothing was granted to it and a scope says so; says
    /// whether its call is answered now.
    pub(super) fn interrupted(&mut self, task: &Context) -> bool {
        let slot = Tid::of(task).slot();
        if !self.may_break_off(task) {
            return false;
        }
        let extra = self.table.get_mut(slot).extra.as_mut();
        let Some(scope) = extra.and_then(|extra| extra.scopes.first_interrupted()) else {
            return false;
        };
        let (id, Some((_, why))) = (scope.id, scope.mark.clone()) else {
            return false;
        };
        let before = scope.told.replace(why.clone());
        match self.break_off(task, why) {
            Ok(granted) => {
                if granted {
                    self.take_back_told(slot, id, before);
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
