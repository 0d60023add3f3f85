//! Places in a queue: first in, first out, but for tasks that come back from a CPU.

use std::time::Duration;

use crate::kernel::Runnable;

/// Where a task stands in a queue; the smaller, the sooner.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct QueuePlace {
    round: i64,
    late: bool,
    serial: u64,
}

/// Gives out places.
///
/// A slice that ends at some moment is told before what arrives or wakes at that moment, but queues
/// behind it: the newcomer could have come a trifle sooner, and should not wait a whole round for that.
#[derive(Default)]
pub(super) struct Places {
    /// What comes in a later round queues behind.
    round: i64,
    /// The moment that this round belongs to.
    moment: Duration,
    serial: u64,
    /// How many places were given out before all others.
    heads: i64,
}

impl Places {
    /// The place at the tail.
    pub(super) fn tail(&mut self, why: Runnable, now: Duration) -> QueuePlace {
        if now != self.moment {
            self.moment = now;
            self.settle();
        }
        self.serial += 1;
        QueuePlace {
            round: self.round,
            late: why == Runnable::SliceOver,
            serial: self.serial,
        }
    }

    /// The place before all others.
    pub(super) fn head(&mut self) -> QueuePlace {
        self.heads += 1;
        QueuePlace {
            round: -self.heads,
            late: false,
            serial: 0,
        }
    }

    /// A task is picked: from now on none overtakes those that queue. Else tasks that wake each other
    /// without taking any time would hold up the one whose slice is over for ever.
    pub(super) fn settle(&mut self) {
        self.round += 1;
    }
}
