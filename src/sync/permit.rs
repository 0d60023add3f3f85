//! Permits: what a semaphore lends, as guards that bring it back.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::kernel::Tid;
use crate::queue::Queue;

/// What the handles of a semaphore share.
pub(super) struct Permits {
    pub(super) queue: Queue,
    pub(super) available: Cell<usize>,
    /// How many will come back by themselves, as their guards are dropped.
    pub(super) lent: Cell<usize>,
}

impl Permits {
    pub(super) fn new(available: usize) -> Self {
        Self {
            queue: Queue::of("semaphore"),
            available: Cell::new(available),
            lent: Cell::new(0),
        }
    }

    pub(super) fn take(self: &Rc<Self>, count: usize, holder: Option<Tid>) -> Option<Permit> {
        let left = self.available.get().checked_sub(count)?;
        self.available.set(left);
        self.lent.set(self.lent.get() + count);
        if let Some(tid) = holder {
            self.queue.list.taken_by(tid);
        }
        Some(Permit {
            permits: Rc::clone(self),
            count,
            holder,
        })
    }

    pub(super) fn put_back(&self, count: usize) {
        // Nobody lives to count so far; and a destructor must not panic.
        self.available
            .set(self.available.get().saturating_add(count));
        self.queue.call_next();
    }
}

/// A permit of a semaphore, or several: they go back when this is dropped, wherever that is. A post, so
/// dropping never suspends.
///
/// It is owned, so it may be moved into another task; in reports it is held by whoever acquired it.
#[must_use = "a permit that is dropped at once protects nothing"]
pub struct Permit {
    permits: Rc<Permits>,
    count: usize,
    holder: Option<Tid>,
}

impl Permit {
    /// How many permits of the semaphore this is.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Lets the permits be gone for good, until somebody [releases](super::Semaphore::release) as many.
    pub fn forget(mut self) {
        self.settle();
    }

    /// Strikes it off the books; says how many permits it was.
    fn settle(&mut self) -> usize {
        if let Some(tid) = self.holder.take() {
            self.permits.queue.list.given_back_by(tid);
        }
        let count = std::mem::take(&mut self.count);
        self.permits.lent.set(self.permits.lent.get() - count);
        count
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let count = self.settle();
        if count > 0 {
            self.permits.put_back(count);
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, list) = (self.count, &self.permits.queue.list);
        write!(out, "Permit({count} of {list})")
    }
}
