//! The last resort: a process that is to end does so, even where the loop never gets its thread back.
//!
//! The loop's own end, with destructors, comes first. Only where it is not over when the time of grace is,
//! since a task computes for ever or is blocked in the system, the signal ends the process itself.

use std::time::Duration;

use super::{Signal, SignalSet};
use crate::devices::nanoseconds;
use crate::kernel::core::Core;
use crate::kernel::core::log::{log_warn, target};

/// The signals at which a run has a time of grace.
const FINAL: [Signal; 2] = [Signal::Term, Signal::Hup];

impl Core {
    /// Looks anew whether the run ends at a signal, as it does unless a task has asked for it.
    pub(super) fn review_end_at(&mut self, signal: Signal) {
        let Some(grace) = self.grace.filter(|_| FINAL.contains(&signal)) else {
            return;
        };
        let is_asked_for = self.asked_of_all().has(signal);
        if is_asked_for {
            let hooks = self.outside.as_mut().and_then(|it| it.hooks.as_mut());
            if let Some(listening) = hooks.and_then(|hooks| hooks.listening_to(signal)) {
                listening.cancel_end();
            }
        } else {
            let now = self.clock.read();
            // The machine's time: a task that holds up the loop holds up the loop's time as well.
            let grace = self
                .clock
                .time_until(now.saturating_add(nanoseconds(grace)));
            self.end_process_at(signal, grace);
        }
    }

    /// The same, for those that a task had asked for which has ended.
    pub(super) fn review_ends_at(&mut self, asked: SignalSet) {
        for signal in FINAL.into_iter().filter(|&signal| asked.has(signal)) {
            self.review_end_at(signal);
        }
    }

    /// Lets the next signal end the process, if the run is not over so long after it, or has not read it.
    pub(super) fn end_process_at(&mut self, signal: Signal, grace: Duration) {
        let hooks = self.outside.as_mut().and_then(|it| it.hooks.as_mut());
        let listening = hooks.and_then(|hooks| hooks.listening_to(signal));
        let prepared = listening.map_or(Ok(()), |listening| listening.end_after(grace));
        if let Err(error) = prepared {
            log_warn(
                target::SIGNAL,
                format_args!(
                    "a task that makes no call outlives its grace after {signal}, up to the next one: the \
                 system has no timer left: {error}"
                ),
            );
        }
    }

    /// Lets this signal, which has come, end the process, if the run is not over soon.
    pub(super) fn end_process_now(&mut self, signal: Signal) {
        self.end_process_at(signal, Duration::ZERO);
        let hooks = self.outside.as_mut().and_then(|it| it.hooks.as_mut());
        if let Some(listening) = hooks.and_then(|hooks| hooks.listening_to(signal)) {
            listening.ends_now();
        }
    }
}
