//! Breaking off waits: interruptions of scopes, and what they do to whoever waits inside.

use std::time::Duration;

use super::core::Core;
use super::events::{Cause, Event, Signal};
use super::interrupt::{Interrupted, Why};
use super::journal::Change;
use super::scope::{ScopeId, Scopes};
use super::shared::Shared;
use super::state::State;
use super::tid::Tid;
use crate::machine::TaskRef;

impl Shared {
    /// Interrupts a task, or one of its scopes, for good. A wait in it that has got nothing yet ends: the
    /// task leaves all queues, and its call is abandoned at its turn.
    pub(super) fn interrupt(&self, task: &TaskRef, id: ScopeId, why: Interrupted) {
        let serial = self.interruptions.get() + 1;
        self.interruptions.set(serial);
        let mut scopes = task.facts().extra().scopes.borrow_mut();
        let Some(scope) = scopes.find(id) else { return };
        if let Some(timer) = scope.timer.take() {
            self.timers.remove(timer);
        }
        scope.mark.get_or_insert((serial, why.clone()));
        let reaches = scopes.is_interrupted();
        drop(scopes);
        self.note_interrupt(Tid::of(task), &why);
        match State::of(task) {
            State::Waiting if reaches && task.has_call() && !task.is_answered() => {
                task.leave_queues();
                State::set_interrupted(task);
                Self::make_ready(task.clone(), |_| Cause::Signal);
            }
            State::Computing if reaches => {
                self.journal.note(|| Change::Interrupted(Tid::of(task)));
            }
            _ => {}
        }
    }

    fn note_interrupt(&self, tid: Tid, why: &Interrupted) {
        if self.journal.is_observed.get() {
            let time = Duration::from_nanos(self.clock.seen());
            self.journal.note(|| {
                Change::Told(Event::Signal(Signal {
                    time,
                    tid,
                    why: why.why(),
                    by: why.by(),
                }))
            });
        }
    }
}

impl Core {
    /// The deadline of a scope has come.
    pub(super) fn expire(&mut self, slot: u32, id: ScopeId) {
        let task = self.table.get(slot);
        self.shared
            .interrupt(&task, id, Interrupted::new(Why::TimedOut));
    }

    /// Interrupts a task.
    pub(super) fn interrupt_task(&mut self, task: TaskRef, why: Interrupted) {
        self.shared.interrupt(&task, Scopes::TASK, why);
    }

    /// A task that computes was interrupted: it leaves its CPU, unless it has computed to the end.
    pub(super) fn break_off_computing(&mut self, tid: Tid) {
        let Some(task) = self.table.find(tid) else {
            return;
        };
        if State::of(&task) == State::Computing && self.interrupted(&task) {
            self.put_back(task);
            // Behind the note that it has left its CPU.
            self.journal.note(|| Change::Woken {
                tid,
                cause: Cause::Signal,
                now: self.clock.seen(),
            });
        }
    }

    /// The wait of a task was ended by an interruption: its call is abandoned. Says whether it is answered.
    pub(super) fn abandon_wait(&mut self, task: &TaskRef) -> bool {
        State::Waiting.put(task);
        self.interrupted(task)
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
