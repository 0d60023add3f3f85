//! A signal comes to a task.

use super::{Signal, Signals};
use crate::kernel::core::Core;
use crate::kernel::events::Cause;
use crate::kernel::interrupt::Interrupted;
use crate::kernel::tid::Tid;

impl Core {
    /// Delivers a signal to a task, as posted.
    pub(in crate::kernel) fn signal_as_posted(
        &mut self,
        tid: Tid,
        signal: Signal,
        by: Option<Tid>,
    ) {
        let Some(slot) = self.table.find(tid) else {
            return;
        };
        if signal == Signal::Kill {
            return self.kill_as_posted(tid);
        }
        // Before anything else: only one that runs can do something about the rest.
        if signal == Signal::Cont {
            self.go_on_after_stop(slot, by);
        }
        if !self.hand_over(slot, signal) {
            self.do_by_default(slot, signal, by);
        }
    }

    /// Lets a task have a signal that it asked for; says whether it has done something about it.
    pub(super) fn hand_over(&mut self, slot: u32, signal: Signal) -> bool {
        let Some(extra) = self.table.get_mut(slot).extra.as_mut() else {
            return false;
        };
        let signals = &mut extra.signals;
        if !signals.asked.has(signal) {
            return signals.ignored.has(signal);
        }
        signals.pending.add(signal);
        if let Some(list) = signals.list.clone() {
            // Each looks whether it is its own.
            for _ in 0..list.parked() {
                self.wake_first(&list, |_| Cause::Signal);
            }
        }
        true
    }

    fn do_by_default(&mut self, slot: u32, signal: Signal, by: Option<Tid>) {
        match signal {
            Signal::Chld | Signal::Cont => {}
            Signal::Tstp => self.stop_task(slot, by),
            _ => self.interrupt_task(slot, Interrupted::signalled(signal, by)),
        }
    }

    /// Notes who is to be told of a new task's end, if its parent wants to know.
    #[cold]
    pub(in crate::kernel) fn note_parent(&mut self, child: Tid) {
        let Some(parent) = self.table.try_get(self.serving) else {
            return;
        };
        let extra = parent.extra.as_ref();
        if extra.is_some_and(|extra| extra.signals.asked.has(Signal::Chld)) {
            let parent = Tid::of(&parent.context);
            self.table.get_mut(child.slot()).extra().signals.parent = Some(parent);
        }
    }

    /// A task has ended: whoever waits for its signals looks again, and its parent is told.
    pub(in crate::kernel) fn end_signals(&mut self, signals: &Signals) {
        self.review_ends_at(signals.asked);
        if let Some(list) = &signals.list {
            self.wake_all(list);
        }
        if let Some(slot) = signals.parent.and_then(|parent| self.table.find(parent)) {
            self.hand_over(slot, Signal::Chld);
        }
    }
}
