//! Many readers or one writer: what a read-write lock is without its value.

use std::cell::Cell;
use std::fmt;

use super::error::{LockError, TryLockError};
use super::owner::{Held, Owner};
use crate::kernel::{Holding, Tid};
use crate::queue::Queue;

/// The right to read something, which many may have, or to write it, which one may have.
pub(super) struct Shared {
    /// Its list knows the writer, or the readers, a hold each.
    pub(super) queue: Queue,
    writer: Cell<Held>,
    readers: Cell<usize>,
    /// How many of the readers are outside all tasks.
    outside: Cell<usize>,
    pub(super) poisoned: Cell<bool>,
}

/// While a lock is read, the first in line is a writer, which waits for all readers; those behind it
/// wait for that writer.
const WHILE_READ: Holding = Holding::AllInLine;

impl Shared {
    pub(super) fn of(kind: &'static str) -> Self {
        let queue = Queue::of(kind);
        queue.list.set_holding(WHILE_READ);
        Self {
            queue,
            writer: Cell::new(Held::ByNobody),
            readers: Cell::new(0),
            outside: Cell::new(0),
            poisoned: Cell::new(false),
        }
    }

    pub(super) fn readers(&self) -> usize {
        self.readers.get()
    }

    pub(super) fn is_written(&self) -> bool {
        self.writer.get() != Held::ByNobody
    }

    /// The right to read, for one who need not queue, or why it need not even queue.
    pub(super) fn read_at_once(&self, caller: Option<Tid>) -> Option<Result<Owner, LockError>> {
        if self.is_reader(caller) {
            // Behind a writer it would wait for itself.
            return Some(Ok(self.add_reader(caller)));
        }
        match self.refusal(caller) {
            Some(error) => Some(Err(error)),
            None if !self.queue.is_empty() || self.is_written() => None,
            None => Some(Ok(self.add_reader(caller))),
        }
    }

    pub(super) fn read_in_turn(&self, caller: Tid) -> Option<Result<Owner, LockError>> {
        if self.poisoned.get() {
            return Some(Err(LockError::Poisoned));
        }
        (!self.is_written()).then(|| Ok(self.add_reader(Some(caller))))
    }

    /// The right to write, for one who need not queue, or why it need not even queue.
    pub(super) fn write_at_once(&self, caller: Option<Tid>) -> Option<Result<Owner, LockError>> {
        match self.refusal(caller) {
            Some(error) => Some(Err(error)),
            None if self.queue.is_empty() => self.write_if_free(caller).map(Ok),
            None => None,
        }
    }

    pub(super) fn write_in_turn(&self, caller: Tid) -> Option<Result<Owner, LockError>> {
        if self.poisoned.get() {
            return Some(Err(LockError::Poisoned));
        }
        self.write_if_free(Some(caller)).map(Ok)
    }

    fn write_if_free(&self, tid: Option<Tid>) -> Option<Owner> {
        if self.readers() > 0 || self.is_written() {
            return None;
        }
        self.writer.set(Held::by(tid));
        self.queue.list.set_holding(Holding::Any);
        self.note(tid);
        Some(Owner::new(tid))
    }

    fn add_reader(&self, tid: Option<Tid>) -> Owner {
        self.readers.set(self.readers() + 1);
        if tid.is_none() {
            self.outside.set(self.outside.get() + 1);
        }
        self.note(tid);
        Owner::new(tid)
    }

    fn note(&self, tid: Option<Tid>) {
        if let Some(tid) = tid {
            self.queue.list.taken_by(tid);
        }
    }

    fn is_reader(&self, caller: Option<Tid>) -> bool {
        match caller {
            Some(tid) => self.readers() > 0 && self.queue.list.has_holder(tid),
            None => self.outside.get() > 0,
        }
    }

    fn is_writer(&self, caller: Option<Tid>) -> bool {
        self.writer.get() == Held::by(caller)
            && caller.is_none_or(|tid| self.queue.list.has_holder(tid))
    }

    fn refusal(&self, caller: Option<Tid>) -> Option<LockError> {
        if self.poisoned.get() {
            return Some(LockError::Poisoned);
        }
        (self.is_reader(caller) || self.is_writer(caller)).then_some(LockError::WouldDeadlock)
    }

    /// Ends a reader's hold; after the last, calls whoever is next.
    pub(super) fn take_back_read(&self, owner: &Owner) {
        self.readers.set(self.readers() - 1);
        if owner.tid.is_none() {
            self.outside.set(self.outside.get() - 1);
        }
        self.forget(owner);
        if self.readers() == 0 {
            self.queue.call_next();
        }
    }

    /// Ends a writer's hold, and calls whoever is next.
    pub(super) fn take_back_write(&self, owner: &Owner) {
        if owner.is_torn_away() {
            self.poisoned.set(true);
        }
        self.writer.set(Held::ByNobody);
        self.queue.list.set_holding(WHILE_READ);
        self.forget(owner);
        self.queue.call_next();
    }

    fn forget(&self, owner: &Owner) {
        if let Some(tid) = owner.tid {
            self.queue.list.given_back_by(tid);
        }
    }
}

/// What is told to one who would not wait.
pub(super) fn without_waiting<G>(got: Option<Result<G, LockError>>) -> Result<G, TryLockError> {
    match got {
        Some(Ok(guard)) => Ok(guard),
        Some(Err(LockError::Poisoned)) => Err(TryLockError::Poisoned),
        Some(Err(_)) => Err(TryLockError::WouldDeadlock),
        None => Err(TryLockError::WouldBlock),
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}, ", self.queue.list)?;
        match self.readers() {
            0 if self.is_written() => out.write_str("written")?,
            0 if self.poisoned.get() => out.write_str("poisoned")?,
            0 => out.write_str("free")?,
            readers => write!(out, "{readers} reading")?,
        }
        write!(out, ", {} waiting", self.queue.len())
    }
}
