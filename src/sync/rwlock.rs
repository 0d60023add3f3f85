//! The read-write lock: many readers or one writer, in the order in which they came.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::enter::Enter;
use super::error::{LockError, TryLockError};
use super::owner::Owner;
use super::rwguards::{RwLockReadGuard, RwLockWriteGuard};
use super::shared::{Shared, without_waiting};
use crate::kernel::{SystemCall, Tid, call, spend, spend_on_reading};

/// A value that many tasks may read at a time, or one may write.
///
/// Strictly first come, first served, so neither side starves: a reader that comes while a writer
/// queues is let in after it, together with the readers next to it. One exception: a task that reads
/// may read again at once, since behind a writer it would wait for itself. Whoever holds the lock and
/// asks for more gets [`LockError::WouldDeadlock`]: there is no upgrade.
///
/// A writer that panics or is killed poisons it; readers change nothing, and do not. A clone is
/// another handle to the same lock. What is free takes no call.
///
/// ```
/// use coros::sync::{LockError, RwLock};
/// use coros::run;
///
/// let config = RwLock::new(String::from("red")).named("config");
/// run(move || {
///     config.write().unwrap().push_str(" and blue");
///     let (one, other) = (config.read().unwrap(), config.read().unwrap());
///     assert_eq!((one.len(), &**other), (12, "red and blue"));
///     assert_eq!(config.write().unwrap_err(), LockError::WouldDeadlock);
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct RwLock<T>(Rc<Inner<T>>);

struct Inner<T> {
    lock: Shared,
    value: RefCell<T>,
}

impl<T> RwLock<T> {
    /// A lock that is free.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Rc::new(Inner {
            lock: Shared::of("read-write lock"),
            value: RefCell::new(value),
        }))
    }

    /// The same lock, which traces and reports call by this name.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.lock.queue.list.set_name(name);
        self
    }

    /// Locks it for reading; waits until all writers that came before have had it.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted, the lock is poisoned, or the caller writes.
    ///
    /// # Panics
    ///
    /// Outside a task, if it would have to wait.
    #[track_caller]
    pub fn read(&self) -> Result<RwLockReadGuard<'_, T>, LockError> {
        spend();
        match self.0.lock.read_at_once(Tid::running()) {
            Some(got) => got.map(|owner| self.reads(owner)),
            None => call(self.reading()),
        }
    }

    /// The call that [`read`](Self::read) waits in.
    pub fn reading(&self) -> impl SystemCall<Reply = Result<RwLockReadGuard<'_, T>, LockError>> {
        let lock = &self.0.lock;
        Enter::new(
            "Read",
            &lock.queue,
            |caller| {
                Some(
                    lock.read_at_once(Some(caller))?
                        .map(|owner| self.reads(owner)),
                )
            },
            |caller| Some(lock.read_in_turn(caller)?.map(|owner| self.reads(owner))),
        )
    }

    /// Locks it for reading if nobody writes or queues, or the caller reads already.
    ///
    /// # Errors
    ///
    /// See [`TryLockError`].
    #[track_caller]
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        spend();
        without_waiting(self.0.lock.read_at_once(Tid::running())).map(|owner| self.reads(owner))
    }

    /// Locks it for writing; waits until all who came before have had it.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted, the lock is poisoned, or the caller reads or writes.
    ///
    /// # Panics
    ///
    /// Outside a task, if it would have to wait.
    #[track_caller]
    pub fn write(&self) -> Result<RwLockWriteGuard<'_, T>, LockError> {
        spend();
        match self.0.lock.write_at_once(Tid::running()) {
            Some(got) => got.map(|owner| self.writes(owner)),
            None => call(self.writing()),
        }
    }

    /// The call that [`write`](Self::write) waits in.
    pub fn writing(&self) -> impl SystemCall<Reply = Result<RwLockWriteGuard<'_, T>, LockError>> {
        let lock = &self.0.lock;
        Enter::new(
            "Write",
            &lock.queue,
            |caller| {
                Some(
                    lock.write_at_once(Some(caller))?
                        .map(|owner| self.writes(owner)),
                )
            },
            |caller| Some(lock.write_in_turn(caller)?.map(|owner| self.writes(owner))),
        )
    }

    /// Locks it for writing if it is free and nobody queues.
    ///
    /// # Errors
    ///
    /// See [`TryLockError`].
    #[track_caller]
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        spend();
        without_waiting(self.0.lock.write_at_once(Tid::running())).map(|owner| self.writes(owner))
    }

    fn reads(&self, owner: Owner) -> RwLockReadGuard<'_, T> {
        RwLockReadGuard::new(self.0.value.borrow(), &self.0.lock, owner)
    }

    fn writes(&self, owner: Owner) -> RwLockWriteGuard<'_, T> {
        RwLockWriteGuard::new(self.0.value.borrow_mut(), &self.0.lock, owner)
    }

    /// Whether a writer panicked or was killed while holding the lock.
    #[must_use]
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        spend_on_reading();
        self.0.lock.poisoned.get()
    }

    /// Lets it be locked again; its value is as it was left.
    pub fn clear_poison(&self) {
        self.0.lock.poisoned.set(false);
    }

    /// How many read guards there are.
    #[must_use]
    #[track_caller]
    pub fn readers(&self) -> usize {
        spend_on_reading();
        self.0.lock.readers()
    }

    /// Whether somebody writes.
    #[must_use]
    #[track_caller]
    pub fn is_written(&self) -> bool {
        spend_on_reading();
        self.0.lock.is_written()
    }

    /// How many tasks wait, to read or to write.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.0.lock.queue.len()
    }

    /// The value, poisoned or not.
    ///
    /// # Errors
    ///
    /// Gives the lock back if there are other handles to it.
    pub fn into_inner(self) -> Result<T, Self> {
        match Rc::try_unwrap(self.0) {
            Ok(inner) => Ok(inner.value.into_inner()),
            Err(shared) => Err(Self(shared)),
        }
    }
}

impl<T> Clone for RwLock<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> fmt::Debug for RwLock<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "RwLock({:?})", self.0.lock)
    }
}
