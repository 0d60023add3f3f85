//! The read-write lock: many readers or one writer, in the order in which they came.

use std::cell::{Ref, RefCell, RefMut};
use std::fmt;

use super::error::{LockError, TryLockError};
use super::guard::Guard;
use super::lock::{Lock, Protocol};
use super::lock_state::{LockState, Way};
use crate::kernel::{Holding, SystemCall, Tid};

/// A value that many tasks may read at a time, or one may write.
///
/// Strictly first come, first served, so neither side starves: a reader that comes while a writer
/// queues is let in after it, together with the readers next to it. One exception: a task that reads
/// may read again at once, since behind a writer it would wait for itself. A task that holds the lock
/// and asks for more gets [`LockError::WouldDeadlock`]: there is no upgrade.
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
pub type RwLock<T> = Lock<Shared, T>;

/// A hold on an [`RwLock`](super::RwLock) for reading. See [`Guard`].
pub type RwLockReadGuard<'l, T> = Guard<'l, Read, T, Ref<'l, T>>;

/// A hold on an [`RwLock`](super::RwLock) for writing. See [`Guard`].
pub type RwLockWriteGuard<'l, T> = Guard<'l, Write, T, RefMut<'l, T>>;

impl<T> RwLock<T> {
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
        Guard::lock(&self.state)
    }

    /// The call that [`read`](Self::read) waits in.
    pub fn reading(&self) -> impl SystemCall<Reply = Result<RwLockReadGuard<'_, T>, LockError>> {
        Guard::locking(&self.state)
    }

    /// Locks it for reading if no task writes or queues, or the caller reads already.
    ///
    /// # Errors
    ///
    /// See [`TryLockError`].
    #[track_caller]
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        Guard::try_lock(&self.state)
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
        Guard::lock(&self.state)
    }

    /// The call that [`write`](Self::write) waits in.
    pub fn writing(&self) -> impl SystemCall<Reply = Result<RwLockWriteGuard<'_, T>, LockError>> {
        Guard::locking(&self.state)
    }

    /// Locks it for writing if it is free and no task queues.
    ///
    /// # Errors
    ///
    /// See [`TryLockError`].
    #[track_caller]
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        Guard::try_lock(&self.state)
    }

    /// How many read guards there are.
    #[must_use]
    #[track_caller]
    pub fn readers(&self) -> usize {
        self.count().max(0).unsigned_abs()
    }

    /// Whether a task writes.
    #[must_use]
    #[track_caller]
    pub fn is_written(&self) -> bool {
        self.count() < 0
    }
}

/// Many may read at a time, or one may write, as in an [`RwLock`](super::RwLock).
pub struct Shared;

impl Protocol for Shared {
    const NAME: &'static str = "RwLock";
    const KIND: &'static str = "read-write lock";
    const HOLDING: Holding = WHILE_READ;

    fn describe(holds: isize, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match holds {
            ..0 => out.write_str("written"),
            readers => write!(out, "{readers} reading"),
        }
    }
}

/// While a lock is read, the first in line is a writer, which waits for all readers; those behind it
/// wait for that writer.
const WHILE_READ: Holding = Holding::AllInLine;

/// Together with others that read, as in an [`RwLock`](super::RwLock).
#[derive(Clone, Copy, Default)]
pub struct Read(Option<Tid>);

impl Way for Read {
    const VERB: &'static str = "Read";
    const TOGETHER: bool = true;
    type Borrow<'l, T: 'l> = Ref<'l, T>;

    #[inline(always)]
    fn borrow<T>(value: &RefCell<T>) -> Ref<'_, T> {
        value.borrow()
    }

    fn of(owner: Option<Tid>) -> Self {
        Self(owner)
    }

    fn owner<T>(self, _: &LockState<T>) -> Tid {
        self.0.unwrap_or(Tid::NONE)
    }

    fn begin<T>(state: &LockState<T>) {
        state.queue.list.set_holding(WHILE_READ);
    }
}

/// Alone, where others may read together, as in an [`RwLock`](super::RwLock).
#[derive(Clone, Copy, Default)]
pub struct Write;

impl Way for Write {
    const VERB: &'static str = "Write";
    type Borrow<'l, T: 'l> = RefMut<'l, T>;

    #[inline(always)]
    fn borrow<T>(value: &RefCell<T>) -> RefMut<'_, T> {
        value.borrow_mut()
    }

    fn begin<T>(state: &LockState<T>) {
        state.queue.list.set_holding(Holding::Any);
    }
}
