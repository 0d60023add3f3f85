//! Stopped tasks: whatever they wait for, they do not run until they are told to go on.

use super::delivery::TaskSignals;
use crate::kernel::abi::events::{Cause, Event, JobControl};
use crate::kernel::abi::{TaskState, Tid};
use crate::kernel::core::{Core, hold};
use crate::kernel::parts::{Change, State};
use crate::machine::TaskRef;

/// Stops a task that neither runs nor is being served.
pub(super) fn stop(core: &mut Core, task: &TaskRef, by: Option<Tid>) {
    if State::of(task) == State::Dying || TaskSignals::of(task).is_stopped.replace(true) {
        return;
    }
    core.read_journal();
    core.read_change(&Change::ToBeHeld(task.clone()));
    hold::hold(core, task, TaskState::Stopped);
    tell(core, task, true, by);
}

/// Lets a stopped task go on; one that waited looks at what has become of it meanwhile.
pub(super) fn go_on(core: &mut Core, task: &TaskRef, by: Option<Tid>) {
    let signals = task.facts().slots.get::<TaskSignals>();
    if signals.is_some_and(|signals| signals.is_stopped.take()) {
        hold::release(core, task, Cause::Interrupt);
        tell(core, task, false, by);
    }
}

fn tell(core: &Core, task: &TaskRef, stopped: bool, by: Option<Tid>) {
    core.tell(|| {
        Event::JobControl(JobControl {
            time: core.moment(),
            tid: Tid::of(task),
            stopped,
            by,
        })
    });
}
