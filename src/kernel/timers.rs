//! Who is to be woken when: ordered by deadline, then by the order of setting.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

/// A set timer; removing it is real, it leaves no ghost behind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    /// In nanoseconds of the scheduler's clock.
    pub(super) deadline: u64,
    /// Which one it is among all ever set.
    serial: NonZeroU64,
}

/// All timers of a scheduler, each with the slot of the task it wakes.
pub(super) struct Timers {
    set: BTreeMap<Timer, u32>,
    /// The serial number of the next one.
    next: NonZeroU64,
}

impl Timers {
    pub(super) fn new() -> Self {
        Self {
            set: BTreeMap::new(),
            next: NonZeroU64::MIN,
        }
    }

    pub(super) fn set(&mut self, deadline: u64, slot: u32) -> Timer {
        let serial = self.next;
        self.next = serial.saturating_add(1);
        let timer = Timer { deadline, serial };
        self.set.insert(timer, slot);
        timer
    }

    pub(super) fn remove(&mut self, timer: Timer) {
        self.set.remove(&timer);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// The earliest deadline.
    pub(super) fn next(&self) -> Option<u64> {
        self.set.first_key_value().map(|(timer, _)| timer.deadline)
    }

    /// Takes the earliest timer out, if its time has come.
    pub(super) fn take_due(&mut self, now: u64) -> Option<u32> {
        let first = self.set.first_entry()?;
        if first.key().deadline > now {
            return None;
        }
        Some(first.remove())
    }
}
