//! Interruptions: why the waits of a task are broken off, as long as they are.
//!
//! Level-triggered: a module says why, and until it takes that back each wait of the task fails as soon as
//! it begins. A wait that goes on ends at once, as a wake with a reason: the task leaves all queues, and at
//! its turn its call is abandoned rather than served.

use std::cell::{Cell, RefCell};

use super::shared::Shared;
use crate::kernel::abi::Interrupted;
use crate::kernel::abi::events::Cause;
use crate::kernel::parts::{Change, State, TaskSlot};
use crate::machine::TaskRef;

/// Why the waits of a task are broken off.
#[derive(Default)]
struct Pending {
    why: RefCell<Option<Interrupted>>,
    /// A wait was broken off for this reason.
    delivered: Cell<bool>,
}

impl TaskSlot for Pending {}

/// Says why the waits of a task are broken off from now on; `None` if they are not.
pub(crate) fn set_pending(task: &TaskRef, why: Option<Interrupted>) {
    let pending = task.facts().slots.get_or_default::<Pending>();
    pending.delivered.set(false);
    let is_one = why.is_some();
    pending.why.replace(why);
    if is_one {
        break_wait(task);
    }
}

/// Ends the wait that a task is in, unless what it waits for was granted: its call is abandoned at its turn.
fn break_wait(task: &TaskRef) {
    match State::of(task) {
        State::Waiting if task.has_call() && !task.is_answered() => {
            task.leave_queues();
            State::set_interrupted(task);
            Shared::make_ready(task.clone(), |_| Cause::Interrupt);
        }
        State::Held => {
            if let Some(home) = task.facts().home() {
                home.journal.note(|| Change::Interrupted(task.clone()));
            }
        }
        _ => {}
    }
}

/// Whether a wait was broken off since the reason was said.
pub(crate) fn was_delivered(task: &TaskRef) -> bool {
    let pending = task.facts().slots.get::<Pending>();
    pending.is_some_and(|pending| pending.delivered.get())
}

/// Why a wait that begins now is broken off at once, if it is.
#[inline]
pub(crate) fn pending(task: &TaskRef) -> Option<Interrupted> {
    task.facts().slots.get::<Pending>()?.why.borrow().clone()
}

/// Notes that a wait was broken off for the reason that is pending.
pub(super) fn set_delivered(task: &TaskRef) {
    if let Some(pending) = task.facts().slots.get::<Pending>() {
        pending.delivered.set(true);
    }
}

/// Lets the call that a task computes in, or would, be abandoned at its next turn.
pub(crate) fn abandon_at_next_turn(task: &TaskRef) {
    State::set_interrupted(task);
}
