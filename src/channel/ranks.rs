//! The items of a priority channel, sorted.
//!
//! Comparing is the user's code: it may panic, use this very channel, or let its task wait or be killed
//! in the midst. So the set is taken out while an item is sorted in, and whatever is sent meanwhile
//! lies in front of the door; whoever sorts takes it in. Taking the greatest compares nothing.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};

use crate::queue::Queue;

pub(super) struct Ranks<T> {
    compare: fn(&T, &T) -> Ordering,
    sorted: Cell<BTreeSet<Ranked<T>>>,
    /// What is yet to be sorted in; empty unless somebody sorts, or a comparison panicked.
    arrived: RefCell<VecDeque<Ranked<T>>>,
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
        self.arrived.borrow_mut().push_back(Ranked {
            item,
            serial: self.serial.get(),
            compare: self.compare,
        });
        if self.sorting.replace(true) {
            return;
        }
        let set = self.sorted.take();
        let mut sorting = Sorting {
            ranks: self,
            set,
            receivers,
        };
        while let Some(next) = self.next_arrived() {
            sorting.set.insert(next);
        }
    }

    fn next_arrived(&self) -> Option<Ranked<T>> {
        self.arrived.borrow_mut().pop_front()
    }

    /// Takes the greatest; nothing while somebody sorts.
    pub(super) fn take(&self) -> Option<T> {
        if self.sorting.get() {
            return None;
        }
        let mut set = self.sorted.take();
        let greatest = set.pop_last();
        self.len.set(set.len());
        self.sorted.set(set);
        // What a comparison that panicked left behind at the door is not lost.
        Some(greatest.or_else(|| self.next_arrived())?.item)
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
    set: BTreeSet<Ranked<T>>,
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

/// An item among the others: no two are equal, since of equal ones the earlier counts as greater.
struct Ranked<T> {
    item: T,
    serial: u64,
    compare: fn(&T, &T) -> Ordering,
}

impl<T> Ord for Ranked<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_item = (self.compare)(&self.item, &other.item);
        by_item.then(other.serial.cmp(&self.serial))
    }
}

impl<T> PartialOrd for Ranked<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Ranked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.serial == other.serial
    }
}

impl<T> Eq for Ranked<T> {}
