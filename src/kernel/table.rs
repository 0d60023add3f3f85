//! The task table: one record for each task that has not ended.

use std::rc::Rc;
use std::sync::Arc;

use slab::Slab;

use super::task::{Exit, Keeper, Parts};
use super::tid::Tid;
use super::wait::{Ends, WaitSlot};
use crate::machine::Context;

/// Where a task is in its life; kept in its line, where the loop sees it.
///
/// ```text
///             created                      woken
///                │               ┌──────────────────────┐
///                ▼      picked   │    waits             │
///           ┌───────┐        ┌───▼────┐         ┌───────┴─┐
///           │ Ready │───────▶│ served │────────▶│ Waiting │
///           └───────┘◀───────└────────┘         └─────────┘
///                    answered    │ ▲
///                                │ │ picked; its call is served again
///             returns or panics  │ └──── Woken ◀── a wake (of Waiting)
///                                ▼
///   killed ──▶ Dying ────────▶ (gone)
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct State(u8);

#[allow(non_upper_case_globals)] // Read as the variants that they are; a bare byte is what is fast.
impl State {
    /// In the ready queue; new, or with an answered call.
    pub(super) const Ready: State = State(0);
    /// In the ready queue; its call waits to be served again.
    pub(super) const Woken: State = State(1);
    /// Not in the ready queue: its call waits, or it runs up to its next one. A wake counts.
    pub(super) const Waiting: State = State(2);
    /// Unwinds, since it was killed.
    pub(super) const Dying: State = State(3);

    /// A mark beside the state: the task's wait slot is not empty.
    const ENROLLED: u8 = 1 << 7;

    #[inline(always)]
    pub(super) fn of(task: &Context) -> State {
        State(task.state.get() & !Self::ENROLLED)
    }

    /// Whether the task is in the state and its wait slot is empty: one comparison, for the loop.
    #[inline(always)]
    pub(super) fn is_just(self, task: &Context) -> bool {
        task.state.get() == self.0
    }

    #[inline(always)]
    pub(super) fn put(self, task: &Context) {
        task.state.set(task.state.get() & Self::ENROLLED | self.0);
    }

    /// As `put`, where the wait slot is known to be empty.
    #[inline(always)]
    pub(super) fn put_just(self, task: &Context) {
        task.state.set(self.0);
    }

    /// Marks the wait slot as in use, or as empty.
    pub(super) fn set_enrolled(task: &Context, enrolled: bool) {
        let state = task.state.get() & !Self::ENROLLED;
        task.state.set(if enrolled {
            state | Self::ENROLLED
        } else {
            state
        });
    }

    pub(super) fn is_enrolled(task: &Context) -> bool {
        task.state.get() & Self::ENROLLED != 0
    }
}

/// What the kernel keeps of a task beside its line; the loop rarely looks here.
pub(super) struct Record {
    pub(super) context: Context,
    pub(super) name: Option<Arc<str>>,
    pub(super) daemon: bool,
    /// Those who wait for this task's end.
    pub(super) joiners: Ends,
    /// What this task waits for.
    pub(super) wait: WaitSlot,
    /// Who keeps what comes of it.
    pub(super) keeper: Option<Rc<dyn Keeper>>,
}

impl Record {
    #[inline]
    pub(super) fn of(parts: Parts) -> Self {
        Self {
            context: parts.context,
            name: parts.name,
            daemon: parts.daemon,
            joiners: Ends::new(),
            wait: WaitSlot::default(),
            keeper: parts.keeper,
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
    scheduler: u32,
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

    pub(super) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().map(|(_, record)| record)
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }
}

/// An exit, without its message: for counting.
impl Exit {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Exit::Returned => "returned",
            Exit::Panicked(_) => "panicked",
            Exit::Killed => "was killed",
        }
    }
}
