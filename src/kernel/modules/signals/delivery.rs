//! A signal comes to a task.

use super::{Signal, Signals};
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::interrupted::Interrupted;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::shared::Shared;
use crate::machine::TaskRef;

impl Core {
    /// Delivers a signal to a task, as posted.
    pub(in crate::kernel) fn signal_as_posted(
        &mut self,
        tid: Tid,
        signal: Signal,
        by: Option<Tid>,
    ) {
        let Some(task) = self.table.find(tid) else {
            return;
        };
        if signal == Signal::Kill {
            return self.kill_as_posted(tid);
        }
        // Before anything else: only one that runs can do something about the rest.
        if signal == Signal::Cont {
            self.go_on_after_stop(&task, by);
        }
        if !self.hand_over(&task, signal) {
            self.do_by_default(task, signal, by);
        }
    }

    /// Lets a task have a signal that it asked for; says whether it has done something about it.
    pub(super) fn hand_over(&mut self, task: &TaskRef, signal: Signal) -> bool {
        let Some(extra) = task.facts().extra_if_any() else {
            return false;
        };
        let mut signals = extra.signals.borrow_mut();
        if !signals.asked.has(signal) {
            return signals.ignored.has(signal);
        }
        signals.pending.add(signal);
        let list = signals.list.clone();
        drop(signals);
        if let Some(list) = list {
            // Each looks whether it is its own.
            for _ in 0..list.parked() {
                list.wake_first_for(|_| Cause::Signal);
            }
        }
        true
    }

    fn do_by_default(&mut self, task: TaskRef, signal: Signal, by: Option<Tid>) {
        match signal {
            Signal::Chld | Signal::Cont => {}
            Signal::Tstp => self.stop_task(&task, by),
            _ => self.interrupt_task(task, Interrupted::signalled(signal, by)),
        }
    }

    /// A task has ended: whoever waits for its signals looks again, and its parent is told.
    pub(in crate::kernel) fn end_signals(&mut self, signals: &Signals) {
        self.review_ends_at(signals.asked);
        if let Some(list) = &signals.list {
            list.wake_all();
        }
        let parent = signals.parent.and_then(|parent| self.table.find(parent));
        if let Some(parent) = parent {
            self.hand_over(&parent, Signal::Chld);
        }
    }
}

impl Shared {
    /// Notes which task is to be told of a new one's end: the parent, if it asked for that.
    pub(in crate::kernel) fn note_parent(&self, child: &TaskRef) {
        if let Some(parent) = self.parent_of_newborn()
            && self.has_asked(parent, Signal::Chld)
        {
            let signals = &child.facts().extra().signals;
            signals.borrow_mut().parent = Some(parent);
        }
    }

    pub(super) fn has_asked(&self, tid: Tid, signal: Signal) -> bool {
        self.signals_of(tid, |signals| signals.asked).has(signal)
    }

    pub(super) fn ignores(&self, tid: Tid, signal: Signal) -> bool {
        self.signals_of(tid, |signals| signals.ignored).has(signal)
    }

    /// Some of what is kept of a task and its signals; nothing, if nothing is kept.
    fn signals_of<R: Default>(&self, tid: Tid, look: impl FnOnce(&Signals) -> R) -> R {
        let task = self.table.find(tid);
        let extra = task.as_ref().and_then(|task| task.facts().extra_if_any());
        extra.map_or_else(R::default, |extra| look(&extra.signals.borrow()))
    }
}
