//! A desk with so many seats: who finds none waits for one.

use std::cell::Cell;

use coros::syscall::Park;
use coros::{Interrupted, WaitList, call};

pub struct Desk {
    free: Cell<usize>,
    queue: WaitList,
}

/// A seat at a desk; dropping it makes room for the next.
pub struct Seat<'d>(&'d Desk);

impl Desk {
    pub fn new(seats: usize) -> Self {
        Self {
            free: Cell::new(seats),
            queue: WaitList::new().named("a seat at the desk"),
        }
    }

    /// Waits until there is a free seat.
    pub fn sit(&self) -> Result<Seat<'_>, Interrupted> {
        while self.free.get() == 0 {
            call(Park(&self.queue))?;
        }
        self.free.set(self.free.get() - 1);
        Ok(Seat(self))
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        self.0.queue.wake_one();
    }
}
