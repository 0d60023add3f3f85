//! What is known of each task: what `ps` shows.

use std::time::Duration;

use super::Core;
use super::waits::end_of_wait;
use crate::kernel::abi::{TaskInfo, TaskState, Tid};
use crate::kernel::parts::{State, holders_of_waits};
use crate::machine::{TaskRef, WaitQueue, inspect};

/// What is known of each task that has not ended, oldest first.
pub(crate) fn infos(core: &Core) -> impl Iterator<Item = TaskInfo> {
    core.tasks().into_iter().map(|task| info(core, &task))
}

fn info(core: &Core, task: &TaskRef) -> TaskInfo {
    let facts = task.facts();
    let state = match State::of(task) {
        _ if task.is_busy() => TaskState::Running,
        State::Ready | State::Woken => TaskState::Ready,
        State::Waiting => TaskState::Waiting,
        State::Held => facts.held.get().shown,
        _ => TaskState::Running,
    };
    let waits = state == TaskState::Waiting;
    TaskInfo {
        tid: Tid::of(task),
        name: facts.name.clone().unwrap_or_default(),
        daemon: facts.daemon,
        state,
        waits_in: inspect::call_text(task)
            .filter(|_| waits)
            .map(|call| waits_in(task, call)),
        place: inspect::place(task),
        since: waits.then(|| Duration::from_nanos(facts.since.get())),
        until: end_of_wait(core, task)
            .filter(|_| waits || state == TaskState::Expected)
            .map(Duration::from_nanos),
        waits_on: waits_on(task).filter(|_| waits),
        holders: if waits {
            holders_of_waits(task)
        } else {
            Vec::new()
        },
    }
}

/// The list that a task is parked on, in words.
pub(crate) fn waits_on(task: &TaskRef) -> Option<String> {
    WaitQueue::of(task.wait()).map(|list| list.title())
}

/// A call in words, with the list that its caller is parked on, unless the call names it.
fn waits_in(task: &TaskRef, call: String) -> String {
    match waits_on(task) {
        Some(list) if !call.contains(&list) => format!("{call} on {list}"),
        _ => call,
    }
}
