//! Births: a task is made at once, by the loop or by the task that runs; it arrives when its time has come.

use std::rc::Rc;

use super::shared::Shared;
use super::task::{Task, new_task};
use super::waits::end_of_wait;
use crate::kernel::abi::{SpawnError, Tid};
use crate::kernel::parts::{Change, State, Traits, log_birth, title_of};
use crate::machine::{Stacks, TaskRef};

/// Makes a task, with a stack of the default size unless told otherwise. The stack is promised now, and
/// taken when the task runs for the first time.
#[inline]
pub(crate) fn spawn(
    home: &Rc<Shared>,
    traits: Traits,
    f: impl FnOnce() + 'static,
) -> Result<TaskRef, SpawnError> {
    let stack = match traits.stack_size {
        Some(size) => Stacks::of(size)?.promise()?,
        None => default_stacks(home)?.promise()?,
    };
    Ok(birth(home, new_task(stack, traits, f)))
}

/// Takes a task over; it goes to the tail of the run queue.
pub(crate) fn create_task(home: &Rc<Shared>, task: Task) -> Tid {
    match task.into_ref() {
        Some(task) => Tid::of(&birth(home, task)),
        // It ended while it was driven by hand.
        None => Tid::NONE,
    }
}

/// Where stacks of the default size come from.
#[inline]
fn default_stacks(home: &Shared) -> Result<&Stacks, SpawnError> {
    if home.stacks.get().is_none() {
        _ = home.stacks.set(Stacks::of(home.stack_size)?);
    }
    Ok(home.stacks.get().expect("set just now"))
}

#[inline]
fn birth(home: &Rc<Shared>, task: TaskRef) -> TaskRef {
    let facts = task.facts();
    let number = home.last_number.get() + 1;
    // First, since it panics where the table is full: then there is no task more.
    home.table.insert(number, task.clone());
    home.last_number.set(number);
    home.ordinary
        .set(home.ordinary.get() + usize::from(!facts.daemon));
    // It had none: a scheduler takes the task itself, and hands it to no other.
    _ = facts.home.set(Rc::clone(home));
    State::Ready.set_exactly(&task);
    if !facts.slots.all().any(|slot| slot.born(&task)) {
        home.ready.push(task.clone());
    }
    if home.has_births.get() | home.journal.is_read.get() {
        note_birth(home, &task);
    }
    log_birth(|| (title_of(&task), facts.daemon));
    task
}

#[cold]
#[inline(never)]
fn note_birth(home: &Shared, task: &TaskRef) {
    for (_, act) in &*home.at_birth.borrow() {
        act(home, task);
    }
    let now = home.clock.seen();
    home.journal.note(|| Change::Born {
        task: task.clone(),
        parent: home.parent_of_newborn(),
        time: end_of_wait(home, task).unwrap_or(now),
    });
    if !task.facts().is_expected() {
        home.journal.note(|| Change::Arrived(task.clone(), now));
    }
}
