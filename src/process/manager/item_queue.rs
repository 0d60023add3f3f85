//! The server's side of a queue: its items, and who waits for them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::process::wire::Wire;
use crate::select;
use crate::sync::{Permit, Semaphore};
use crate::syscall::ReadWait;

/// A queue: its items, and as many permits.
pub(super) struct ItemQueue {
    items: RefCell<VecDeque<Rc<[u8]>>>,
    filled: Semaphore,
}

/// What a client took from a queue.
pub(super) type Taken = Option<(Rc<ItemQueue>, Rc<[u8]>)>;

impl ItemQueue {
    pub(super) fn new() -> Self {
        Self {
            items: RefCell::default(),
            filled: Semaphore::new(0),
        }
    }

    pub(super) fn put(&self, item: Rc<[u8]>) {
        self.items.borrow_mut().push_back(item);
        self.filled.add_permits(1);
    }

    /// Takes an item, if one is there for the taking.
    pub(super) fn try_take(&self) -> Option<Rc<[u8]>> {
        self.take_for(self.filled.try_acquire().ok()?)
    }

    pub(super) fn len(&self) -> usize {
        self.filled.available()
    }

    /// Takes the item that a permit stands for.
    fn take_for(&self, permit: Permit) -> Option<Rc<[u8]>> {
        permit.forget();
        self.items.borrow_mut().pop_front()
    }

    /// Waits for an item; if the client sends anything meanwhile, or goes, it wants it no more.
    pub(super) fn wait_for(&self, client: &Wire) -> Option<Rc<[u8]>> {
        let waited = select! {
            biased;
            permit = self.filled.acquiring() => permit.ok(),
            _ = ReadWait(client.stream()) => None,
        };
        self.take_for(waited.ok().flatten()?)
    }
}

/// Puts back at the front what a client took last, since it did not want it any more.
pub(super) fn give_back(taken: &mut Taken) {
    if let Some((queue, item)) = taken.take() {
        queue.items.borrow_mut().push_front(item);
        queue.filled.add_permits(1);
    }
}
