//! The buffer of a broadcast: each item stays until all have seen it, or newer ones push it out.

use std::collections::VecDeque;
use std::rc::Rc;

/// Items by their number; the first ever pushed has number 0.
///
/// Each reader keeps its position: the number of the item that it reads next. All read in
/// order, so what all have seen is always at the front. Nothing in here runs the users' code: items
/// are shared, and those that leave are handed to the caller, who drops or clones them in the open.
pub(super) struct Ring<T> {
    room: usize,
    slots: VecDeque<Slot<T>>,
    /// The number of the item at the front.
    first: u64,
}

struct Slot<T> {
    item: Rc<T>,
    /// How many readers have it before them; never 0.
    unseen: usize,
}

/// What there is for a reader.
pub(super) enum Read<T> {
    Item(Rc<T>),
    /// So many were pushed out before it came to read them.
    Lagged(u64),
    Nothing,
}

impl<T> Ring<T> {
    pub(super) fn new(room: usize) -> Self {
        Self {
            room,
            slots: VecDeque::new(),
            first: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The number of the item that will be pushed next.
    pub(super) fn end(&self) -> u64 {
        self.first + self.slots.len() as u64
    }

    /// How many items are there for a reader at this position.
    pub(super) fn left_from(&self, position: u64) -> usize {
        self.slots.len() - self.index_of(position)
    }

    /// Adds an item for so many readers, at least one; gives back the one that had to go for it.
    pub(super) fn push(&mut self, item: Rc<T>, readers: usize) -> Option<Rc<T>> {
        let is_full = self.slots.len() == self.room;
        let pushed_out = if is_full { self.pop() } else { None };
        self.slots.push_back(Slot {
            item,
            unseen: readers,
        });
        pushed_out
    }

    /// Reads on from a position, and moves it.
    pub(super) fn read(&mut self, position: &mut u64) -> Read<T> {
        let lag = self.first.saturating_sub(*position);
        if lag > 0 {
            *position = self.first;
            return Read::Lagged(lag);
        }
        let index = self.index_of(*position);
        let Some(slot) = self.slots.get_mut(index) else {
            return Read::Nothing;
        };
        *position += 1;
        slot.unseen -= 1;
        if slot.unseen > 0 {
            return Read::Item(Rc::clone(&slot.item));
        }
        Read::Item(self.pop().expect("what all have seen is at the front"))
    }

    /// Counts in a new reader at a position.
    pub(super) fn join(&mut self, position: u64) {
        let index = self.index_of(position);
        for slot in self.slots.range_mut(index..) {
            slot.unseen += 1;
        }
    }

    /// Counts out a reader; gives back what it alone had still before it.
    pub(super) fn leave(&mut self, position: u64) -> Vec<Rc<T>> {
        let index = self.index_of(position);
        for slot in self.slots.range_mut(index..) {
            slot.unseen -= 1;
        }
        let seen = self.slots.iter().take_while(|slot| slot.unseen == 0);
        let seen = seen.count();
        (0..seen).filter_map(|_| self.pop()).collect()
    }

    fn pop(&mut self) -> Option<Rc<T>> {
        let slot = self.slots.pop_front()?;
        self.first += 1;
        Some(slot.item)
    }

    /// Where the item of this number lies, or the oldest if that is gone.
    fn index_of(&self, position: u64) -> usize {
        usize::try_from(position.saturating_sub(self.first)).expect("no position is past the end")
    }
}
