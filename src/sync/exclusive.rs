//! One owner at a time: what a mutex is without its value.

use std::cell::Cell;
use std::fmt;

use super::error::{LockError, TryLockError};
use super::owner::{Held, Owner};
use crate::kernel::{Holding, Tid};
use crate::queue::Queue;

/// The right to something that one may have at a time, and who queues for it.
pub(super) struct Exclusive {
    /// Its list knows the owner, if that is a task.
    pub(super) queue: Queue,
    held: Cell<Held>,
    pub(super) poisoned: Cell<bool>,
}

impl Exclusive {
    pub(super) fn of(kind: &'static str) -> Self {
        let queue = Queue::of(kind);
        queue.list.set_holding(Holding::Any);
        Self {
            queue,
            held: Cell::new(Held::ByNobody),
            poisoned: Cell::new(false),
        }
    }

    /// Whether a newcomer may have it.
    #[inline(always)]
    pub(super) fn is_open(&self) -> bool {
        self.queue.is_empty() && !self.is_held() && !self.poisoned.get()
    }

    #[inline(always)]
    pub(super) fn is_held(&self) -> bool {
        self.held.get() != Held::ByNobody
    }

    /// The task that has it, if one does.
    #[inline(always)]
    pub(super) fn owner(&self) -> Option<Tid> {
        match self.held.get() {
            Held::ByTask => self.queue.list.holder(),
            Held::ByNobody | Held::Outside => None,
        }
    }

    /// Gives it to somebody, since nobody has it.
    #[inline(always)]
    pub(super) fn give(&self, tid: Option<Tid>) -> Owner {
        self.held.set(Held::by(tid));
        self.queue.set_shut(true);
        if let Some(tid) = tid {
            self.queue.list.taken_by(tid);
        }
        Owner::new(tid)
    }

    /// Gives it to whoever's turn it is, if it can be given or never will be.
    pub(super) fn give_in_turn(&self, caller: Tid) -> Option<Result<Owner, LockError>> {
        if self.poisoned.get() {
            return Some(Err(LockError::Poisoned));
        }
        (!self.is_held()).then(|| Ok(self.give(Some(caller))))
    }

    pub(super) fn is_held_by(&self, caller: Option<Tid>) -> bool {
        self.held.get() == Held::by(caller)
            && caller.is_none_or(|tid| self.queue.list.has_holder(tid))
    }

    /// Why the caller need not even queue.
    pub(super) fn refusal(&self, caller: Option<Tid>) -> Option<LockError> {
        if self.poisoned.get() {
            return Some(LockError::Poisoned);
        }
        self.is_held_by(caller).then_some(LockError::WouldDeadlock)
    }

    /// Why the caller cannot have it now.
    #[cold]
    pub(super) fn obstacle(&self, caller: Option<Tid>) -> TryLockError {
        match self.refusal(caller) {
            Some(LockError::Poisoned) => TryLockError::Poisoned,
            Some(_) => TryLockError::WouldDeadlock,
            None => TryLockError::WouldBlock,
        }
    }

    /// Takes it back from its owner, and calls the next.
    #[inline(always)]
    pub(super) fn take_back(&self, owner: &Owner) {
        if owner.is_torn_away() {
            self.poisoned.set(true);
        }
        self.held.set(Held::ByNobody);
        self.queue.set_shut(false);
        if let Some(tid) = owner.tid {
            self.queue.list.given_back_by(tid);
        }
        self.queue.call_next();
    }
}

impl fmt::Debug for Exclusive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.is_held() {
            true => "held",
            false if self.poisoned.get() => "poisoned",
            false => "free",
        };
        let waiting = self.queue.len();
        write!(out, "{}, {state}, {waiting} waiting", self.queue.list)
    }
}
