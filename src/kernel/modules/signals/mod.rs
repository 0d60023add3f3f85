//! Signals: short words that break in on tasks, from other tasks and from the system.
//!
//! ```text
//!   asked for  ──▶ pending ──▶ the task that waits for it, or its handler
//!   ignored    ──▶ nothing
//!   otherwise  ──▶ Int Term Hup Usr1 Usr2: the wait is interrupted, and all that follow
//!                  Tstp: stopped, until Cont    Chld Cont: nothing more    Kill: killed
//! ```
//!
//! (The words and what they do are UNIX's; what ends a process there interrupts a task here, so that it
//! can clean up.)

mod asked;
mod delivery;
mod hooks;
mod last_resort;
mod process;
mod stopped;

use std::time::Duration;

pub(crate) use asked::{dispose, send, take};
use hooks::SignalHooks;

use crate::kernel::abi::Tid;
use crate::kernel::core::Core;
pub(crate) use process::{begin_run, end_run};

/// What a run does about signals for the whole process.
#[derive(Default)]
struct OfRun {
    /// How long tasks have to end when the system asks the run to; none, if signals are not the run's.
    grace: Option<Duration>,
    /// The tasks that were interrupted by a Ctrl-C.
    interrupted: Vec<Tid>,
    /// What hears signals from the system, while any is asked for.
    hooks: Option<SignalHooks>,
}

/// Lets runs see to the signals that are meant to end them, with so much time of grace.
pub(crate) fn handle(core: &mut Core, grace: Duration) {
    of(core).grace = Some(grace);
}

fn of(core: &mut Core) -> &mut OfRun {
    core.module_or_default()
}
