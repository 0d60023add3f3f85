//! Tasks that die without being unwound: their stacks are leaked, and stay as they are.

use std::io::Write;
use std::sync::Once;

use super::core::Core;
use super::info::title_of;
use super::log::{log_error, target};
use crate::machine::{Payload, TaskRef};

impl Core {
    /// Where panics abort, nothing unwinds: a killed task is left where it is.
    pub(super) fn leave_be(&mut self, victim: &TaskRef) -> Option<Payload> {
        static TOLD: Once = Once::new();
        self.report.abandoned += 1;
        self.pin_guardian(victim);
        let title = title_of(victim);
        TOLD.call_once(|| {
            // A closed standard error is no reason to panic.
            let _ = writeln!(
                std::io::stderr(),
                "coros: {title} is killed, but not unwound: its destructors do not run and its \
                 stack is leaked, since this program is built with panic = \"abort\""
            );
        });
        None
    }

    /// Leaves a task where it is, for ever.
    pub(super) fn give_up(&mut self, victim: &TaskRef, reason: &str) -> Option<Payload> {
        self.report.abandoned += 1;
        self.pin_guardian(victim);
        let title = title_of(victim);
        log_error(
            target::TASK,
            format_args!("{title}: {reason}; given up, its stack is leaked"),
        );
        None
    }
}
