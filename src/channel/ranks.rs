//! The items of a priority channel, sorted.
//!
//! Comparing is the user's code: it may panic, use this very channel, or let its task wait or be killed
//! in the midst. So the set is taken out while an item is sorted in. What is sent meanwhile is kept apart,
//! and sorted in by the same task afterwards; should that be killed, it is kept for the next one that sends.
//! Taking the greatest compares nothing.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

use crate::kernel::is_dying;
use crate::queue::Queue;

pub(super) struct Ranks<T> {
    compare: fn(&T, &T) -> Ordering,
    sorted: Cell<BTreeSet<RankedItem<T>>>,
    /// What is yet to be sorted in; empty unless a task sorts, or was killed while it did.
    arrived: RefCell<VecDeque<Rc<Ranked<T>>>>,
    sorting: Cell<bool>,
    serial: Cell<u64>,
    len: Cell<usize>,
}

impl<T> Ranks<T> {
    pub(super) fn new(compare: fn(&T, &T) -> Ordering) -> Self {
        Self {
            compare,
            sorted: Cell::default(),
            arrived: RefCell::default(),
            sorting: Cell::new(false),
            serial: Cell::new(0),
            len: Cell::new(0),
        }
    }

    /// Sorts an item in, and calls a receiver.
    pub(super) fn put(&self, item: T, receivers: &Queue) {
        self.serial.set(self.serial.get() + 1);
        let item = Ranked {
            item,
            serial: self.serial.get(),
            compare: self.compare,
        };
        if self.sorting.replace(true) {
            self.arrived.borrow_mut().push_back(Rc::new(item));
            return;
        }
        let mut sorting = Sorting {
            ranks: self,
            set: self.sorted.take(),
            receivers,
        };
        sorting.set.insert(RankedItem::Own(item));
        while let Some(next) = self.first_arrived() {
            let sorted = Sorted(self);
            sorting.set.insert(RankedItem::Shared(next));
            drop(sorted);
        }
    }

    fn first_arrived(&self) -> Option<Rc<Ranked<T>>> {
        self.arrived.borrow().front().cloned()
    }

    fn pop_arrived(&self) -> Option<Rc<Ranked<T>>> {
        self.arrived.borrow_mut().pop_front()
    }

    /// Takes the greatest; nothing while a task sorts.
    pub(super) fn take(&self) -> Option<T> {
        if self.sorting.get() {
            return None;
        }
        let mut set = self.sorted.take();
        let greatest = set.pop_last();
        self.len.set(set.len());
        self.sorted.set(set);
        // What a task that was killed had not sorted in is not lost.
        let shared = || self.pop_arrived().map(RankedItem::Shared);
        Some(greatest.or_else(shared)?.into_item())
    }

    /// How many items there are, as far as they are sorted or waiting for it.
    pub(super) fn len(&self) -> usize {
        self.len.get() + self.arrived.borrow().len()
    }

    /// Whether nothing is there, nor being sorted in.
    pub(super) fn is_drained(&self) -> bool {
        !self.sorting.get() && self.len() == 0
    }

    /// Takes all, for the caller to drop where no borrow is held.
    pub(super) fn take_all(&self) -> impl Sized + use<T> {
        self.len.set(0);
        (self.sorted.take(), self.arrived.take())
    }
}

/// Puts the set back however the sorting ends, and calls a receiver.
struct Sorting<'r, T> {
    ranks: &'r Ranks<T>,
    set: BTreeSet<RankedItem<T>>,
    receivers: &'r Queue,
}

impl<T> Drop for Sorting<'_, T> {
    fn drop(&mut self) {
        let set = std::mem::take(&mut self.set);
        self.ranks.len.set(set.len());
        self.ranks.sorted.set(set);
        self.ranks.sorting.set(false);
        self.receivers.call_next();
    }
}

/// Forgets that the first item is yet to be sorted in: it was, or comparing it has panicked. But if the task
/// that sorted was killed, the item is another's, and stays.
struct Sorted<'r, T>(&'r Ranks<T>);

impl<T> Drop for Sorted<'_, T> {
    fn drop(&mut self) {
        if !std::thread::panicking() || !is_dying() {
            drop(self.0.pop_arrived());
        }
    }
}

/// An item's place in the order; shared while the item is also among those that are yet to be sorted in.
enum RankedItem<T> {
    Own(Ranked<T>),
    Shared(Rc<Ranked<T>>),
}

impl<T> RankedItem<T> {
    fn ranked(&self) -> &Ranked<T> {
        match self {
            Self::Own(ranked) => ranked,
            Self::Shared(ranked) => ranked,
        }
    }

    fn into_item(self) -> T {
        match self {
            Self::Own(ranked) => ranked.item,
            Self::Shared(ranked) => {
                let ranked = Rc::into_inner(ranked);
                ranked.expect("once it is sorted in, no other has it").item
            }
        }
    }
}

/// An item among the others: no two are equal, since of equal ones the earlier counts as greater.
struct Ranked<T> {
    item: T,
    serial: u64,
    compare: fn(&T, &T) -> Ordering,
}

impl<T> Ord for RankedItem<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (this, other) = (self.ranked(), other.ranked());
        let by_item = (this.compare)(&this.item, &other.item);
        by_item.then(other.serial.cmp(&this.serial))
    }
}

impl<T> PartialOrd for RankedItem<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for RankedItem<T> {
    fn eq(&self, other: &Self) -> bool {
        self.ranked().serial == other.ranked().serial
    }
}

impl<T> Eq for RankedItem<T> {}
