//! The task table: all tasks of a scheduler that have not ended, found by slot or by [`Tid`].

use std::cell::RefCell;

use slab::Slab;

use super::Due;
use crate::kernel::abi::Tid;
use crate::machine::{TaskName, TaskRef};

/// The tasks, found by slot or by [`Tid`].
pub(crate) struct Table {
    tasks: RefCell<Slab<TaskRef>>,
    pub(crate) scheduler: u64,
}

impl Table {
    pub(crate) fn new(scheduler: u64) -> Self {
        Self {
            tasks: RefCell::default(),
            scheduler,
        }
    }

    /// Adds a task, and writes into its header which it is from now on.
    pub(crate) fn insert(&self, number: u64, task: TaskRef) -> Tid {
        let mut tasks = self.tasks.borrow_mut();
        let entry = tasks.vacant_entry();
        let slot = u32::try_from(entry.key()).ok();
        let slot = slot.filter(|&slot| slot < TaskName::SLOTS);
        let slot = slot.expect("fewer than 2^28 tasks at once: each takes memory");
        let tid = Tid::new(number, self.scheduler, slot);
        tid.write(&task);
        entry.insert(task);
        tid
    }

    pub(crate) fn remove(&self, slot: u32) -> TaskRef {
        self.tasks.borrow_mut().remove(slot as usize)
    }

    /// A task of this scheduler that has not ended.
    #[inline]
    pub(crate) fn find(&self, tid: Tid) -> Option<TaskRef> {
        let tasks = self.tasks.borrow();
        let task = tasks.get(tid.slot() as usize);
        task.filter(|task| Tid::of(task) == tid).cloned()
    }

    /// The task in a slot that is in use.
    pub(crate) fn get(&self, slot: u32) -> TaskRef {
        self.tasks.borrow()[slot as usize].clone()
    }

    /// Fetches the tasks that the next timers are about ahead of their time.
    #[inline]
    pub(crate) fn fetch_ahead(&self, next: Due, after: Due) {
        let tasks = self.tasks.borrow();
        if let Due::Wait(place) = next {
            tasks[place.slot as usize].prefetch_wait();
        }
        if let Due::Wait(place) = after {
            tasks[place.slot as usize].prefetch_line();
        }
    }

    #[inline]
    pub(crate) fn try_get(&self, slot: u32) -> Option<TaskRef> {
        self.tasks.borrow().get(slot as usize).cloned()
    }

    /// All that there are now, oldest first.
    pub(crate) fn all(&self) -> Vec<TaskRef> {
        let tasks = self.tasks.borrow();
        let mut all: Vec<_> = tasks.iter().map(|(_, task)| task.clone()).collect();
        all.sort_unstable_by_key(Tid::of);
        all
    }
}
