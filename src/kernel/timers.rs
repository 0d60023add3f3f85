//! Who is to be woken when: ordered by deadline, then by the order of setting.

use std::collections::BTreeMap;

/// A set timer; removing it is real, it leaves no ghost behind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    /// In nanoseconds of the scheduler's clock.
    pub(super) deadline: u64,
    /// Which one it is among all ever set.
    serial: u64,
}

/// All timers of a scheduler, each with the slot of the task it wakes.
#[derive(Default)]
pub(super) struct Timers {
    set: BTreeMap<Timer, u32>,
    serial: u64,
}

impl Timers {
    pub(super) fn set(&mut self, deadline: u64, slot: u32) -> Timer {
        self.serial += 1;
        let timer = Timer {
            deadline,
            serial: self.serial,
        };
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
