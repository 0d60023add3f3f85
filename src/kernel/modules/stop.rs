//! Stopping the whole run: cancel, wait, kill, report.

use std::time::Duration;

use crate::devices::nanoseconds;
use crate::kernel::abi::interrupted::Interrupted;
use crate::kernel::core::Core;
use crate::kernel::core::timers::{Due, Timer};

/// A run that is to end.
pub(in crate::kernel) struct Stopping {
    timer: Timer,
}

impl Core {
    /// Interrupts all tasks, and kills those that are still there when the time of grace is over. Told
    /// again, the earlier of the two ends counts.
    pub(in crate::kernel) fn stop_run(&mut self, grace: Duration, why: Interrupted) {
        let deadline = self.clock.read().saturating_add(nanoseconds(grace));
        if let Some(stopping) = &self.stopping {
            let before = self.timers.deadline(stopping.timer);
            if before.is_none_or(|before| before <= deadline) {
                return;
            }
            self.timers.remove(stopping.timer);
        }
        let is_first = self.stopping.is_none();
        let timer = self.timers.set(deadline, Due::Stop);
        self.stopping = Some(Stopping { timer });
        // A task that is born while the run ends learns of that in its first wait.
        self.newborn.replace(Some(why.clone()));
        self.births_matter.set(true);
        self.report.stopped = true;
        self.refuse_letters();
        if is_first {
            for tid in self.table.tids() {
                if let Some(task) = self.table.find(tid) {
                    self.interrupt_task(task, why.clone());
                }
            }
        }
        // The loop may be about to wait for a later time.
        self.mail.ring();
    }

    /// The time of grace is over.
    pub(in crate::kernel) fn end_grace(&mut self) {
        let before = self.report.killed;
        self.kill_all(|_| true);
        self.report.overdue += self.report.killed - before;
    }

    /// A run begins, which nobody has told to stop.
    pub(in crate::kernel) fn begin_run(&mut self) {
        self.report.stopped = false;
        self.report.signal = None;
        self.accept_letters();
    }

    /// The run is over; the next one, if there is one, begins anew.
    pub(in crate::kernel) fn forget_stop(&mut self) {
        self.newborn.take();
        if let Some(stopping) = self.stopping.take() {
            self.timers.remove(stopping.timer);
        }
    }
}
