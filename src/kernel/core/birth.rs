//! Births: a task is made at once, by the loop or by the task that runs; it arrives when its time has come.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use super::facts::{Asked, Traits};
use super::hold;
use super::shared::Shared;
use super::task::{SpawnError, Task, new_task};
use crate::devices::{Timer, nanoseconds};
use crate::kernel::abi::{TaskState, Tid};
use crate::kernel::parts::{Change, Due, Held, State, TaskSlot, log_birth};
use crate::machine::{Stacks, TaskRef, World};

/// Makes a task, with a stack of the default size unless told otherwise. The stack is promised now, and
/// taken when the task runs for the first time.
#[inline]
pub(in crate::kernel) fn spawn(
    home: &Rc<Shared>,
    traits: Traits,
    f: impl FnOnce() + 'static,
) -> Result<Tid, SpawnError> {
    let stack = match traits.stack_size {
        Some(size) => Stacks::of(size)?.promise()?,
        None => default_stacks(home)?.promise()?,
    };
    Ok(birth(home, new_task(stack, traits, f)))
}

/// Takes a task over; it goes to the tail of the run queue.
pub(in crate::kernel) fn create_task(home: &Rc<Shared>, task: Task) -> Tid {
    match task.into_ref() {
        Some(task) => birth(home, task),
        // It ended while it was driven by hand.
        None => Tid::NOBODY,
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
fn birth(home: &Rc<Shared>, task: TaskRef) -> Tid {
    let facts = task.facts();
    let number = home.last_number.get() + 1;
    // First, since it panics where the table is full: then there is no task more.
    let tid = home.table.insert(number, task.clone());
    home.last_number.set(number);
    home.ordinary
        .set(home.ordinary.get() + usize::from(!facts.daemon));
    // It had none: a scheduler takes the task itself, and hands it to no other.
    _ = facts.home.set(Rc::clone(home));
    State::Ready.set_exactly(&task);
    match facts.slots.get::<Asked>().and_then(|asked| asked.arrival) {
        Some(delay) => await_arrival(home, &task, delay),
        None => home.ready.push(task.clone()),
    }
    if home.has_births.get() | home.journal.is_read.get() {
        note_birth(home, &task);
    }
    log_birth(&task);
    tid
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
        time: arrival_of(task).unwrap_or(now),
    });
    if !task.facts().is_expected() {
        home.journal.note(|| Change::Arrived(Tid::of(task), now));
    }
}

/// The timer of a task that has not arrived yet.
#[derive(Default)]
struct Arrival(Cell<Option<Timer>>);

impl TaskSlot for Arrival {
    fn deadline(&self, task: &TaskRef) -> Option<u64> {
        task.facts().home()?.deadline(self.0.get()?)
    }

    fn ended(&self, world: &mut World, _: &TaskRef) {
        if let Some(timer) = self.0.take() {
            world.cancel_timer(timer);
        }
    }
}

/// When a task arrives that has not arrived yet.
pub(in crate::kernel) fn arrival_of(task: &TaskRef) -> Option<u64> {
    task.facts().slots.get::<Arrival>()?.deadline(task)
}

/// Holds a new task until its time has come.
fn await_arrival(home: &Shared, task: &TaskRef, after: Duration) {
    let now = home.clock.read();
    let deadline = now.saturating_add(nanoseconds(after));
    let due = Due::Run(
        |world, slot, _| arrive(world, slot),
        Tid::of(task).slot(),
        0,
    );
    let facts = task.facts();
    facts.since.set(now);
    let arrival = facts.slots.get_or_default::<Arrival>();
    arrival.0.set(Some(home.timers.set(deadline, due)));
    facts.held.set(Held {
        before: State::Ready,
        count: 1,
        is_expected: true,
        shown: TaskState::Expected,
    });
    State::Held.set_exactly(task);
}

/// A task's time has come. One that was stopped meanwhile goes on when it is told to.
fn arrive(home: &Shared, slot: u32) {
    let task = home.table.get(slot);
    let facts = task.facts();
    facts.slots.get_or_default::<Arrival>().0.take();
    let held = facts.held.get();
    facts.held.set(Held {
        is_expected: false,
        ..held
    });
    if hold::let_go(&task) {
        home.ready.push(task.clone());
        let (tid, now) = (Tid::of(&task), home.clock.seen());
        home.journal.note(|| Change::Arrived(tid, now));
    }
}
