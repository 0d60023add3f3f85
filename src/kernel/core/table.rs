//! The task table: all tasks of a scheduler that have not ended, and what it keeps of each.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slab::Slab;

use super::borrow::Family;
use super::shared::Shared;
use super::task::{Keeper, Traits};
use crate::kernel::abi::claim::Claim;
use crate::kernel::abi::tid::Tid;
use crate::kernel::modules::cancel::Scopes;
use crate::kernel::modules::select::Stage;
use crate::kernel::modules::signals::Signals;
use crate::machine::{TaskName, TaskRef, WaitQueue};

/// What the kernel keeps of a task beside its header; the loop rarely looks here.
pub(crate) struct Facts {
    pub(in crate::kernel) name: Option<Arc<str>>,
    /// The run ends without it.
    pub(in crate::kernel) daemon: bool,
    /// The scheduler that it is a task of; none while it is driven by hand.
    pub(in crate::kernel) home: OnceCell<Rc<Shared>>,
    /// When its last wait began, in nanoseconds of the scheduler's clock.
    pub(in crate::kernel) since: Cell<u64>,
    /// Gets what came of it.
    pub(in crate::kernel) keeper: Cell<Option<Rc<dyn Keeper>>>,
    /// What few tasks have.
    extra: OnceCell<Box<Extra>>,
}

/// What the kernel keeps of a task that selects, is in scopes or groups, has a policy's parameters, asked
/// for signals, or ran too long.
#[derive(Default)]
pub(in crate::kernel) struct Extra {
    /// Which of the branches of its call another task has chosen, if one of them can be.
    pub(in crate::kernel) choice: RefCell<Option<Rc<Cell<Stage>>>>,
    /// What can interrupt its waits.
    pub(in crate::kernel) scopes: RefCell<Scopes>,
    /// Which task it borrows from, and which borrow from it.
    pub(in crate::kernel) family: RefCell<Family>,
    /// What it claims from the policy.
    pub(in crate::kernel) claim: RefCell<Option<Claim>>,
    /// What it does about signals, and those that have come.
    pub(in crate::kernel) signals: RefCell<Signals>,
    /// How long after its birth it arrives, until it is born.
    pub(in crate::kernel) arrival: Cell<Option<Duration>>,
    /// It has not arrived yet.
    pub(in crate::kernel) expected: Cell<bool>,
    /// It has been told of for running too long without a call.
    pub(in crate::kernel) overran: Cell<bool>,
}

impl Facts {
    #[inline]
    pub(in crate::kernel) fn of(traits: Traits) -> Self {
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
    pub(in crate::kernel) fn extra(&self) -> &Extra {
        self.extra.get_or_init(Box::default)
    }

    /// What few tasks have, if this one does.
    #[inline(always)]
    pub(in crate::kernel) fn extra_if_any(&self) -> Option<&Extra> {
        self.extra.get().map(|extra| &**extra)
    }

    /// Whether its time has not come yet.
    pub(in crate::kernel) fn is_expected(&self) -> bool {
        self.extra_if_any()
            .is_some_and(|extra| extra.expected.get())
    }

    /// What it claims from the policy, if it said.
    pub(in crate::kernel) fn claim(&self) -> Option<Claim> {
        self.extra_if_any()?.claim.borrow().clone()
    }

    /// The name, or nothing.
    pub(in crate::kernel) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("")
    }
}

/// The list that a task is parked on, in words.
pub(in crate::kernel) fn waits_on(task: &TaskRef) -> Option<String> {
    WaitQueue::of(task.wait()).map(|list| list.title())
}

/// The tasks, found by slot or by [`Tid`].
pub(in crate::kernel) struct Table {
    tasks: RefCell<Slab<TaskRef>>,
    pub(in crate::kernel) scheduler: u64,
}

impl Table {
    pub(in crate::kernel) fn new(scheduler: u64) -> Self {
        Self {
            tasks: RefCell::default(),
            scheduler,
        }
    }

    /// Adds a task, and writes into its header which it is from now on.
    pub(in crate::kernel) fn insert(&self, number: u64, task: TaskRef) -> Tid {
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

    pub(in crate::kernel) fn remove(&self, slot: u32) -> TaskRef {
        self.tasks.borrow_mut().remove(slot as usize)
    }

    /// A task of this scheduler that has not ended.
    #[inline]
    pub(in crate::kernel) fn find(&self, tid: Tid) -> Option<TaskRef> {
        let tasks = self.tasks.borrow();
        let task = tasks.get(tid.slot() as usize);
        task.filter(|task| Tid::of(task) == tid).cloned()
    }

    /// The task in a slot that is in use.
    pub(in crate::kernel) fn get(&self, slot: u32) -> TaskRef {
        self.tasks.borrow()[slot as usize].clone()
    }

    #[inline]
    pub(in crate::kernel) fn try_get(&self, slot: u32) -> Option<TaskRef> {
        self.tasks.borrow().get(slot as usize).cloned()
    }

    /// All that there are now, in no particular order.
    pub(in crate::kernel) fn all(&self) -> Vec<TaskRef> {
        let tasks = self.tasks.borrow();
        tasks.iter().map(|(_, task)| task.clone()).collect()
    }

    /// Their ids, oldest first.
    pub(in crate::kernel) fn tids(&self) -> Vec<Tid> {
        let tasks = self.tasks.borrow();
        let mut tids: Vec<Tid> = tasks.iter().map(|(_, task)| Tid::of(task)).collect();
        tids.sort_unstable();
        tids
    }

    pub(in crate::kernel) fn len(&self) -> usize {
        self.tasks.borrow().len()
    }
}
