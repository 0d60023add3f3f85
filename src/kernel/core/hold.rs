//! Holds: tasks that a module keeps off the run queue, and how they come back into it.

use super::shared::Shared;
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::{Runnable, TaskState, Tid};
use crate::kernel::parts::{Change, Held, State};
use crate::machine::TaskRef;

/// Puts a task into the run queue that is Ready or Woken, and was not in it.
pub(crate) fn queue(home: &Shared, task: &TaskRef, why: Runnable) {
    home.ready.push(task.clone());
    let now = home.clock.seen();
    home.journal
        .note(|| Change::Runnable(Tid::of(task), why, now));
}

/// Puts a task whose call was served, and is to be served again later, into the run queue.
pub(crate) fn serve_later(home: &Shared, task: &TaskRef) {
    State::Woken.set(task);
    home.ready.push(task.clone());
}

/// Takes a task out of the run queue, but not to have its turn.
pub(super) fn dequeue(home: &Shared, task: &TaskRef) {
    home.ready.remove(task);
    home.journal.note(|| Change::Dequeued(Tid::of(task)));
}

/// Keeps a task off the run queue from now on, as one that `ps` shows so, unless it dies.
pub(crate) fn hold(home: &Shared, task: &TaskRef, shown: TaskState) {
    let mut held = task.facts().held.get();
    let state = State::of(task);
    if matches!(state, State::Ready | State::Woken) {
        dequeue(home, task);
    }
    match state {
        State::Dying => return,
        State::Held => held.count += 1,
        State::Ready => (held.before, held.count) = (state, 1),
        // One that was woken looks again when it goes on.
        _ => (held.before, held.count) = (State::Waiting, 1),
    }
    held.shown = shown;
    task.facts().held.set(held);
    State::Held.set(task);
}

/// As [`hold`], of a new task until it [arrives](arrive): it is not in the run queue yet.
pub(crate) fn hold_newborn(home: &Shared, task: &TaskRef) {
    let facts = task.facts();
    facts.since.set(home.clock.seen());
    facts.held.set(Held {
        before: State::Ready,
        count: 1,
        is_expected: true,
        shown: TaskState::Expected,
    });
    State::Held.set(task);
}

/// Ends the hold of a new task; if it was the last, the task is ready for the first time.
pub(crate) fn arrive(home: &Shared, task: &TaskRef) {
    let shown = task.facts().held.get().shown;
    if let_go(task) {
        enter(home, task);
    } else {
        // What else holds it is what it is shown as; it arrives when that lets it go.
        let held = &task.facts().held;
        held.set(Held {
            shown,
            ..held.get()
        });
    }
}

/// Puts a task into the run queue for the first time that was expected.
fn enter(home: &Shared, task: &TaskRef) {
    let held = &task.facts().held;
    held.set(Held {
        is_expected: false,
        ..held.get()
    });
    home.ready.push(task.clone());
    let now = home.clock.seen();
    home.journal.note(|| Change::Arrived(task.clone(), now));
}

/// As [`hold`], of one that has just left the run queue for its turn.
pub(crate) fn hold_picked(task: &TaskRef, shown: TaskState) {
    let before = State::of(task);
    task.facts().held.set(Held {
        before,
        count: 1,
        is_expected: false,
        shown,
    });
    State::Held.set(task);
}

/// Ends a hold; says whether it was the last, so that the task is Ready or Woken, and not in the run
/// queue yet.
pub(crate) fn let_go(task: &TaskRef) -> bool {
    let mut held = task.facts().held.get();
    if State::of(task) != State::Held {
        return false;
    }
    held.count -= 1;
    if held.count > 0 {
        if held.is_expected {
            held.shown = TaskState::Expected;
        }
        task.facts().held.set(held);
        return false;
    }
    let after = match held.before {
        State::Ready => State::Ready,
        _ => State::Woken,
    };
    after.set(task);
    true
}

/// Ends a hold; if it was the last, the task goes to the tail of the run queue.
pub(crate) fn release(home: &Shared, task: &TaskRef, cause: Cause) {
    if !let_go(task) {
        return;
    }
    if task.facts().is_expected() {
        return enter(home, task);
    }
    let (tid, now) = (Tid::of(task), home.clock.seen());
    home.journal.note(|| match State::of(task) {
        State::Ready => Change::Runnable(tid, Runnable::Woken, now),
        _ => Change::Woken { tid, cause, now },
    });
    home.ready.push(task.clone());
}
