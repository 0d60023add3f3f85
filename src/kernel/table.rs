//! The task table: all tasks of a scheduler that have not ended, and what it keeps of each.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slab::Slab;

use super::choice::Stage;
use super::claim::Claim;
use super::family::Family;
use super::scope::Scopes;
use super::shared::Shared;
use super::signals::Signals;
use super::task::{Keeper, Traits};
use super::tid::Tid;
use crate::machine::{TaskName, TaskRef, WaitQueue};

/// What the kernel keeps of a task beside its header; the loop rarely looks here.
pub(crate) struct Facts {
    pub(super) name: Option<Arc<str>>,
    /// The run ends without it.
    pub(super) daemon: bool,
    /// The scheduler that it is a task of; none while it is driven by hand.
    pub(super) home: OnceCell<Rc<Shared>>,
    /// When its last wait began, in nanoseconds of the scheduler's clock.
    pub(super) since: Cell<u64>,
    /// Gets what came of it.
    pub(super) keeper: Cell<Option<Rc<dyn Keeper>>>,
    /// What few tasks have.
    extra: OnceCell<Box<Extra>>,
}

/// What the kernel keeps of a task that selects, is in scopes or groups, has a policy's parameters, asked
/// for signals, or ran too long.
#[derive(Default)]
pub(super) struct Extra {
    /// Which of the branches of its call another task has chosen, if one of them can be.
    pub(super) choice: RefCell<Option<Rc<Cell<Stage>>>>,
    /// What can interrupt its waits.
    pub(super) scopes: RefCell<Scopes>,
    /// Which task it borrows from, and which borrow from it.
    pub(super) family: RefCell<Family>,
    /// What it claims from the policy.
    pub(super) claim: RefCell<Option<Claim>>,
    /// What it does about signals, and those that have come.
    pub(super) signals: RefCell<Signals>,
    /// How long after its birth it arrives, until it is born.
    pub(super) arrival: Cell<Option<Duration>>,
    /// It has not arrived yet.
    pub(super) expected: Cell<bool>,
    /// It has been told of for running too long without a call.
    pub(super) overran: Cell<bool>,
}

impl Facts {
    #[inline]
    pub(super) fn of(traits: Traits) -> Self {
        let facts = Self {
            name: traits.name,
            daemon: traits.daemon,
            home: OnceCell::new(),
            since: Cell::new(0),
            keeper: Cell::new(traits.keeper),
            extra: OnceCell::new(),
        };
        if let Some(terms) = traits.terms {
            let extra = facts.extra();
            extra.arrival.set(terms.arrival);
            extra.expected.set(terms.arrival.is_some());
            extra.claim.replace(terms.claim);
        }
        facts
    }

    /// What few tasks have, made if need be.
    pub(super) fn extra(&self) -> &Extra {
        self.extra.get_or_init(Box::default)
    }

    /// What few tasks have, if this one does.
    #[inline(always)]
    pub(super) fn extra_if_any(&self) -> Option<&Extra> {
        self.extra.get().map(|extra| &**extra)
    }

    /// Whether its time has not come yet.
    pub(super) fn is_expected(&self) -> bool {
        self.extra_if_any()
            .is_some_and(|extra| extra.expected.get())
    }

    /// What it claims from the policy, if it said.
    pub(super) fn claim(&self) -> Option<Claim> {
        self.extra_if_any()?.claim.borrow().clone()
    }

    /// The name, or nothing.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("")
    }
}

/// The list that a task is parked on, in words.
pub(super) fn waits_on(task: &TaskRef) -> Option<String> {
    WaitQueue::of(task.wait()).map(|list| list.title())
}

/// The tasks, found by slot or by [`Tid`].
pub(super) struct Table {
    tasks: RefCell<Slab<TaskRef>>,
    pub(super) scheduler: u64,
}

impl Table {
    pub(super) fn new(scheduler: u64) -> Self {
        Self {
            tasks: RefCell::default(),
            scheduler,
        }
    }

    /// Adds a task, and writes into its header which it is from now on.
    pub(super) fn insert(&self, number: u64, task: TaskRef) -> Tid {
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

    pub(super) fn remove(&self, slot: u32) -> TaskRef {
        self.tasks.borrow_mut().remove(slot as usize)
    }

    /// A task of this scheduler that has not ended.
    #[inline]
    pub(super) fn find(&self, tid: Tid) -> Option<TaskRef> {
        let tasks = self.tasks.borrow();
        let task = tasks.get(tid.slot() as usize);
        task.filter(|task| Tid::of(task) == tid).cloned()
    }

    /// The task in a slot that is in use.
    pub(super) fn get(&self, slot: u32) -> TaskRef {
        self.tasks.borrow()[slot as usize].clone()
    }

    #[inline]
    pub(super) fn try_get(&self, slot: u32) -> Option<TaskRef> {
        self.tasks.borrow().get(slot as usize).cloned()
    }

    /// All that there are now, in no particular order.
    pub(super) fn all(&self) -> Vec<TaskRef> {
        let tasks = self.tasks.borrow();
        tasks.iter().map(|(_, task)| task.clone()).collect()
    }

    /// Their ids, oldest first.
    pub(super) fn tids(&self) -> Vec<Tid> {
        let tasks = self.tasks.borrow();
        let mut tids: Vec<Tid> = tasks.iter().map(|(_, task)| Tid::of(task)).collect();
        tids.sort_unstable();
        tids
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.borrow().len()
    }
}
