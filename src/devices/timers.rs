//! What is to be done when: ordered by deadline, then by the order of setting.
//!
//! A heap with four children to a node, since most timers are taken away long before their time, and
//! that costs next to nothing here: a late deadline lies near the bottom. Beside the heap it is noted
//! where each timer lies, so removing one is real.

use std::cell::RefCell;
use std::num::{NonZeroU32, NonZeroU64};

/// How many children a node has: they lie side by side, in one or two cache lines.
const WIDTH: usize = 4;

/// From how many timers on looking ahead pays; below, all they are about is in the cache.
const MANY: usize = 256;

/// Names a set timer; removing it is real, it leaves no ghost behind. Small, since each task has room for
/// one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timer {
    /// Which entry of `at` and `due` is its.
    entry: u32,
    /// The end of its serial number, and a bit: tells it from others that had the entry before.
    check: NonZeroU32,
}

/// A timer in the heap.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Set {
    /// In nanoseconds of the scheduler's clock.
    deadline: u64,
    /// Which one it is among all ever set.
    serial: NonZeroU64,
    /// Which entry of `at` and `due` is its.
    entry: u32,
}

impl Set {
    fn name(&self) -> Timer {
        let check = NonZeroU32::MIN | (self.serial.get() << 1) as u32;
        Timer {
            entry: self.entry,
            check,
        }
    }

    /// What comes first goes off first.
    #[inline(always)]
    fn key(&self) -> u128 {
        u128::from(self.deadline) << 64 | u128::from(self.serial.get())
    }
}

/// All timers of a scheduler, each with what is to be done then.
pub(crate) struct Timers<D>(RefCell<Heap<D>>);

impl<D: Copy> Timers<D> {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(Heap::new()))
    }

    pub(crate) fn set(&self, deadline: u64, due: D) -> Timer {
        self.0.borrow_mut().set(deadline, due)
    }

    /// One that has gone off, or was removed before, is left alone.
    pub(crate) fn remove(&self, timer: Timer) {
        self.0.borrow_mut().remove(timer);
    }

    /// The deadline of a timer that is set.
    pub(crate) fn deadline(&self, timer: Timer) -> Option<u64> {
        self.0.borrow().deadline(timer)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().heap.is_empty()
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<u64> {
        self.0.borrow().next()
    }

    /// Takes the earliest timer out, if its time has come.
    pub(crate) fn take_due(&self, now: u64) -> Option<D> {
        self.0.borrow_mut().take_due(now)
    }

    /// What is to be done at the earliest timer, and at one that probably comes next; nothing unless there
    /// are many.
    #[inline]
    pub(crate) fn ahead(&self) -> Option<(D, D)> {
        let heap = self.0.borrow();
        if heap.heap.len() < MANY {
            return None;
        }
        let next = heap.first_child(0)?.1;
        Some((heap.due_of(heap.heap[0]), heap.due_of(next)))
    }
}

/// The timers, in the order in which they go off.
struct Heap<D> {
    /// No timer comes before its parent, which is at `(place - 1) / WIDTH`.
    heap: Vec<Set>,
    /// Where in the heap the timer of each entry lies; apart from the rest, since it changes often.
    at: Vec<u32>,
    due: Vec<D>,
    /// Entries that no timer uses.
    free: Vec<u32>,
    /// The serial number of the next one.
    next: NonZeroU64,
}

impl<D: Copy> Heap<D> {
    fn new() -> Self {
        Self {
            heap: Vec::new(),
            at: Vec::new(),
            due: Vec::new(),
            free: Vec::new(),
            next: NonZeroU64::MIN,
        }
    }

    fn set(&mut self, deadline: u64, due: D) -> Timer {
        let serial = self.next;
        self.next = serial.saturating_add(1);
        let entry = self.entry_for(due);
        let set = Set {
            deadline,
            serial,
            entry,
        };
        self.heap.push(set);
        self.rise(self.heap.len() - 1, set);
        set.name()
    }

    fn remove(&mut self, timer: Timer) {
        let place = self.at[timer.entry as usize] as usize;
        if self.heap.get(place).is_some_and(|set| set.name() == timer) {
            self.take(place);
        }
    }

    fn deadline(&self, timer: Timer) -> Option<u64> {
        let set = self.heap.get(self.at[timer.entry as usize] as usize)?;
        (set.name() == timer).then_some(set.deadline)
    }

    fn next(&self) -> Option<u64> {
        self.heap.first().map(|timer| timer.deadline)
    }

    fn take_due(&mut self, now: u64) -> Option<D> {
        if self.next()? > now {
            return None;
        }
        Some(self.take(0))
    }

    fn due_of(&self, set: Set) -> D {
        self.due[set.entry as usize]
    }

    fn entry_for(&mut self, due: D) -> u32 {
        if let Some(entry) = self.free.pop() {
            self.due[entry as usize] = due;
            return entry;
        }
        self.due.push(due);
        self.at.push(0);
        u32::try_from(self.due.len() - 1).expect("fewer timers than 2^32: each takes memory")
    }

    fn take(&mut self, place: usize) -> D {
        let entry = self.heap[place].entry;
        let last = self.heap.pop().expect("it is in there");
        if place < self.heap.len() {
            // The last takes its place, and goes on from there, up or down.
            let above = place.checked_sub(1).map(|below| self.heap[below / WIDTH]);
            match above {
                Some(above) if last.key() < above.key() => self.rise(place, last),
                _ => self.sink(place, last),
            }
        }
        self.free.push(entry);
        self.due[entry as usize]
    }

    #[inline(always)]
    fn put(&mut self, place: usize, timer: Set) {
        self.heap[place] = timer;
        self.at[timer.entry as usize] = place as u32;
    }

    /// Puts a timer here, or as much higher as it belongs.
    fn rise(&mut self, mut place: usize, timer: Set) {
        while place > 0 {
            let above = self.heap[(place - 1) / WIDTH];
            if above.key() <= timer.key() {
                break;
            }
            self.put(place, above);
            place = (place - 1) / WIDTH;
        }
        self.put(place, timer);
    }

    /// Puts a timer here, or as much lower as it belongs.
    fn sink(&mut self, mut place: usize, timer: Set) {
        while let Some((below, child)) = self.first_child(place)
            && child.key() < timer.key()
        {
            self.put(place, child);
            place = below;
        }
        self.put(place, timer);
    }

    /// The child that goes off first, and where it lies.
    #[inline(always)]
    fn first_child(&self, place: usize) -> Option<(usize, Set)> {
        let from = place * WIDTH + 1;
        let below = self.heap.get(from..)?;
        let earlier = |a: (usize, Set), b: (usize, Set)| if b.1.key() < a.1.key() { b } else { a };
        let here = |at: usize| (from + at, below[at]);
        const { assert!(WIDTH == 4) };
        match below {
            // In pairs: half the instructions of one after the other.
            [_, _, _, _, ..] => Some(earlier(
                earlier(here(0), here(1)),
                earlier(here(2), here(3)),
            )),
            fewer => (0..fewer.len()).map(here).reduce(earlier),
        }
    }
}

#[cfg(test)]
mod tests;
