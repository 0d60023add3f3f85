//! Stopping the whole run: cancel, wait, kill, report.

use std::rc::Rc;
use std::time::Duration;

use super::cancel::interrupt_task;
use crate::devices::{Timer, nanoseconds};
use crate::kernel::abi::{Interrupted, Tid};
use crate::kernel::core::{Core, Kernel, kill_all};
use crate::kernel::parts::Due;

/// Under which name new tasks are interrupted while the run ends.
const NEWBORN: &str = "stop";

/// What is known of the end of a run.
#[derive(Default)]
struct Stopping {
    /// When those are killed that are still there; none while the run is not told to stop.
    timer: Option<Timer>,
    /// What else is done as the run is told to stop.
    at_stop: Vec<fn(&mut Core)>,
}

/// Stops the run for a task; see [`stop`](crate::stop).
pub(crate) fn stop(kernel: &mut Kernel<'_>, grace: Duration, by: Option<Tid>) {
    let why = Interrupted::cancelled(by, "the run is stopping");
    stop_run(kernel.core(), grace, why);
}

/// Interrupts all tasks, and kills those that are still there when the time of grace is over. Told again,
/// the earlier of the two ends counts.
pub(crate) fn stop_run(core: &mut Core, grace: Duration, why: Interrupted) {
    let deadline = core.clock().read().saturating_add(nanoseconds(grace));
    let before = core.module_or_default::<Stopping>().timer;
    if let Some(timer) = before {
        let before = core.deadline(timer);
        if before.is_none_or(|before| before <= deadline) {
            return;
        }
        core.cancel_timer(timer);
    }
    let timer = core.set_timer(deadline, Due::Run(|core, _, _| end_grace(core), 0, 0));
    let stopping = core.module_or_default::<Stopping>();
    stopping.timer = Some(timer);
    let at_stop = stopping.at_stop.clone();
    // A task that is born while the run ends learns of that in its first wait.
    let newborn = why.clone();
    core.at_birth(
        NEWBORN,
        Some(Rc::new(move |home, task| {
            interrupt_task(home, task, newborn.clone());
        })),
    );
    core.report().stopped = true;
    at_stop.into_iter().for_each(|act| act(core));
    if before.is_none() {
        for task in core.tasks() {
            if core.find(Tid::of(&task)).is_some() {
                interrupt_task(core, &task, why.clone());
            }
        }
    }
    // The loop may be about to wait for a later time.
    core.call_attention();
}

/// The time of grace is over.
fn end_grace(core: &mut Core) {
    let before = core.report().killed;
    kill_all(core, |_| true);
    let report = core.report();
    report.overdue += report.killed - before;
}

/// Lets this be done, too, when the run is told to stop.
pub(crate) fn at_stop(core: &mut Core, act: fn(&mut Core)) {
    core.module_or_default::<Stopping>().at_stop.push(act);
}

/// Whether the run was told to stop.
pub(crate) fn is_stopping(core: &Core) -> bool {
    let stopping = core.module::<Stopping>();
    stopping.is_some_and(|stopping| stopping.timer.is_some())
}

/// The run is over; the next one, if there is one, begins anew.
pub(crate) fn forget(core: &mut Core) {
    core.at_birth(NEWBORN, None);
    let stopping = core.module_mut::<Stopping>();
    if let Some(timer) = stopping.and_then(|stopping| stopping.timer.take()) {
        core.cancel_timer(timer);
    }
}
