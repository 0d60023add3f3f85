//! What is to be done when: ordered by deadline, then by the order of setting.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use super::place::Place;
use super::scope::ScopeId;

/// A set timer; removing it is real, it leaves no ghost behind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    /// In nanoseconds of the scheduler's clock.
    pub(super) deadline: u64,
    /// Which one it is among all ever set.
    serial: NonZeroU64,
}

/// What is to be done when a timer goes off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Due {
    /// Wake the task that waits here.
    Wait(Place),
    /// Let this scope of the task in this slot expire.
    Scope(u32, ScopeId),
}

/// All timers of a scheduler, each with what it does.
pub(super) struct Timers {
    set: BTreeMap<Timer, Due>,
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

    pub(super) fn set(&mut self, deadline: u64, due: Due) -> Timer {
        let serial = self.next;
        self.next = serial.saturating_add(1);
        let timer = Timer { deadline, serial };
        self.set.insert(timer, due);
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
    pub(super) fn take_due(&mut self, now: u64) -> Option<Due> {
        let first = self.set.first_entry()?;
        if first.key().deadline > now {
            return None;
        }
        Some(first.remove())
    }
}
