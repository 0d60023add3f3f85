//! Births: a task is made at once, by the loop or by the task that runs; it arrives when its time has come.

use std::rc::Rc;
use std::time::Duration;

use super::journal::Change;
use super::log::log_birth;
use super::shared::Shared;
use super::state::State;
use super::task::{SpawnError, Task, Traits, new_task};
use super::timers::Due;
use crate::devices;
use crate::kernel::abi::tid::Tid;
use crate::kernel::modules::cancel::Scopes;
use crate::machine::{Stacks, TaskRef};

impl Shared {
    /// Makes a task, with a stack of the default size unless told otherwise. The stack is promised now, and
    /// taken when the task runs for the first time.
    #[inline]
    pub(in crate::kernel) fn spawn(
        self: &Rc<Self>,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<Tid, SpawnError> {
        let stack = match traits.stack_size {
            Some(size) => Stacks::of(size)?.promise()?,
            None => self.default_stacks()?.promise()?,
        };
        Ok(self.birth(new_task(stack, traits, f)))
    }

    /// Takes a task over; it goes to the tail of the run queue.
    pub(in crate::kernel) fn create_task(self: &Rc<Self>, task: Task) -> Tid {
        match task.into_ref() {
            Some(task) => self.birth(task),
            // It ended while it was driven by hand.
            None => Tid::NOBODY,
        }
    }

    /// Where stacks of the default size come from.
    #[inline]
    fn default_stacks(&self) -> Result<&Stacks, SpawnError> {
        if self.stacks.get().is_none() {
            _ = self.stacks.set(Stacks::of(self.stack_size)?);
        }
        Ok(self.stacks.get().expect("set just now"))
    }

    #[inline]
    fn birth(self: &Rc<Self>, task: TaskRef) -> Tid {
        let facts = task.facts();
        let number = self.last_number.get() + 1;
        // First, since it panics where the table is full: then there is no task more.
        let tid = self.table.insert(number, task.clone());
        self.last_number.set(number);
        self.ordinary
            .set(self.ordinary.get() + usize::from(!facts.daemon));
        // It had none: a scheduler takes the task itself, and hands it to no other.
        _ = facts.home.set(Rc::clone(self));
        State::Ready.put_just(&task);
        let extra = facts.extra_if_any();
        if let Some(delay) = extra.and_then(|extra| extra.arrival.take()) {
            self.await_arrival(&task, delay);
        } else {
            self.ready.push(task.clone());
        }
        if self.births_matter.get() | self.journal.is_read.get() {
            self.note_birth(&task);
        }
        log_birth(&task);
        tid
    }

    #[cold]
    #[inline(never)]
    fn note_birth(&self, task: &TaskRef) {
        self.note_parent(task);
        let why = self.newborn.borrow().clone();
        if let Some(why) = why {
            self.interrupt(task, Scopes::TASK, why);
        }
        let now = self.clock.seen();
        self.journal.note(|| Change::Born {
            task: task.clone(),
            parent: self.parent_of_newborn(),
            time: self.arrival_of(task).unwrap_or(now),
        });
        if !task.facts().is_expected() {
            self.journal.note(|| Change::Arrived(Tid::of(task), now));
        }
    }

    /// When a task arrives that has not arrived yet.
    pub(in crate::kernel) fn arrival_of(&self, task: &TaskRef) -> Option<u64> {
        let timer = task.wait().timer.get().filter(|_| !task.has_call())?;
        self.timers.deadline(timer)
    }

    /// Lets a new task wait for its time.
    fn await_arrival(&self, task: &TaskRef, after: Duration) {
        let now = self.clock.read();
        let deadline = now.saturating_add(devices::nanoseconds(after));
        let timer = self
            .timers
            .set(deadline, Due::Arrival(Tid::of(task).slot()));
        task.facts().since.set(now);
        task.wait().timer.set(Some(timer));
        State::Waiting.put_just(task);
        State::set_enrolled(task);
    }

    /// A task's time has come.
    pub(in crate::kernel) fn arrive(&self, slot: u32) {
        let task = self.table.get(slot);
        task.wait().timer.set(None);
        task.facts().extra().expected.set(false);
        if State::of(&task) == State::Stopped {
            return; // It arrives when it is told to go on.
        }
        State::Ready.put_just(&task);
        let (tid, now) = (Tid::of(&task), self.clock.seen());
        self.ready.push(task);
        self.journal.note(|| Change::Arrived(tid, now));
    }

    /// Whether a task's time has not come yet.
    pub(in crate::kernel) fn has_not_arrived(&self, tid: Tid) -> bool {
        let task = self.table.find(tid);
        task.is_some_and(|task| task.facts().is_expected())
    }
}
