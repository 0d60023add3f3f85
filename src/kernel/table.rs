//! The task table: one record for each task that has not ended.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use slab::Slab;

use super::choice::Stage;
use super::claim::Claim;
use super::family::Family;
use super::place::{Ends, Place, Queue, WaitSlot};
use super::scope::Scopes;
use super::signals::Signals;
use super::task::{Keeper, Parts};
use super::tid::Tid;
use crate::machine::Context;

/// What the kernel keeps of a task beside its line; the loop rarely looks here.
pub(super) struct Record {
    pub(super) context: Context,
    pub(super) name: Option<Arc<str>>,
    /// Those who wait for this task's end.
    pub(super) joiners: Ends,
    /// What this task waits for.
    pub(super) wait: WaitSlot,
    /// What few tasks have.
    pub(super) extra: Option<Box<Extra>>,
    /// Who keeps what comes of it.
    pub(super) keeper: Option<Rc<dyn Keeper>>,
}

/// What the kernel keeps of a task that is a daemon, selects, is in scopes or groups, or ran too long.
#[derive(Default)]
pub(super) struct Extra {
    /// What it waits for in the further branches of its call, if it waits in several places.
    pub(super) more: Vec<WaitSlot>,
    /// Which of the branches another has chosen, if one of them can be.
    pub(super) choice: Option<Rc<Cell<Stage>>>,
    /// What can interrupt its waits.
    pub(super) scopes: Scopes,
    /// Whom it borrows from, and who from it.
    pub(super) family: Family,
    /// The run ends without it.
    pub(super) daemon: bool,
    /// What it claims from the policy.
    pub(super) claim: Option<Claim>,
    /// What it does about signals, and those that have come.
    pub(super) signals: Signals,
    /// It has not arrived yet.
    pub(super) expected: bool,
    /// It has been told of for running too long without a call.
    pub(super) overran: bool,
}

impl Record {
    #[inline]
    pub(super) fn of(parts: Parts) -> Self {
        Self {
            context: parts.context,
            name: parts.name,
            joiners: Ends::new(),
            wait: WaitSlot::default(),
            extra: (parts.daemon || parts.terms.is_some()).then(|| {
                let terms = parts.terms.unwrap_or_default();
                Box::new(Extra {
                    daemon: parts.daemon,
                    expected: terms.arrival.is_some(),
                    claim: terms.claim,
                    ..Extra::default()
                })
            }),
            keeper: parts.keeper,
        }
    }

    /// Whether the run ends without it.
    pub(super) fn is_daemon(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.daemon)
    }

    /// What few tasks have, made if need be.
    pub(super) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// Whether its time has not come yet.
    pub(super) fn is_expected(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.expected)
    }

    /// How many places it may wait in.
    pub(super) fn branches(&self) -> u32 {
        1 + self
            .extra
            .as_ref()
            .map_or(0, |extra| extra.more.len() as u32)
    }

    /// The wait slots of all branches.
    pub(super) fn waits(&self) -> impl Iterator<Item = &WaitSlot> {
        std::iter::once(&self.wait).chain(self.extra.iter().flat_map(|extra| extra.more.iter()))
    }

    /// The list that it is parked on, in words.
    pub(super) fn waits_on(&self) -> Option<String> {
        match &self.wait.queue {
            Queue::List(list) => Some(list.title()),
            _ => None,
        }
    }

    /// The name, or nothing.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("")
    }
}

/// The records, found by slot or by [`Tid`].
pub(super) struct Table {
    records: Slab<Record>,
    pub(super) scheduler: u32,
}

impl Table {
    pub(super) fn new(scheduler: u32) -> Self {
        Self {
            records: Slab::new(),
            scheduler,
        }
    }

    /// Adds a task's record, and writes into its line who it is from now on.
    pub(super) fn insert(&mut self, number: u64, record: Record) -> Tid {
        let entry = self.records.vacant_entry();
        let slot = u32::try_from(entry.key()).expect("fewer than 2^32 tasks at once");
        let tid = Tid::new(number, self.scheduler, slot);
        tid.write(&record.context);
        entry.insert(record);
        tid
    }

    pub(super) fn remove(&mut self, slot: u32) -> Record {
        self.records.remove(slot as usize)
    }

    /// The slot of a task that has not ended and is this scheduler's.
    pub(super) fn find(&self, tid: Tid) -> Option<u32> {
        let record = self.records.get(tid.slot() as usize)?;
        (Tid::of(&record.context) == tid).then_some(tid.slot())
    }

    pub(super) fn get(&self, slot: u32) -> &Record {
        &self.records[slot as usize]
    }

    pub(super) fn try_get(&self, slot: u32) -> Option<&Record> {
        self.records.get(slot as usize)
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> &mut Record {
        &mut self.records[slot as usize]
    }

    /// What a task keeps of the wait in this place.
    #[inline(always)]
    pub(super) fn wait(&self, place: Place) -> &WaitSlot {
        let record = self.get(place.slot());
        match (place.branch(), &record.extra) {
            (0, _) => &record.wait,
            (branch, Some(extra)) => &extra.more[branch as usize - 1],
            (branch, None) => unreachable!("branch {branch} of a call that has one"),
        }
    }

    #[inline(always)]
    pub(super) fn wait_mut(&mut self, place: Place) -> &mut WaitSlot {
        let record = self.get_mut(place.slot());
        match (place.branch(), &mut record.extra) {
            (0, _) => &mut record.wait,
            (branch, Some(extra)) => &mut extra.more[branch as usize - 1],
            (branch, None) => unreachable!("branch {branch} of a call that has one"),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().map(|(_, record)| record)
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }
}
