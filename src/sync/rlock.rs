//! The reentrant lock: one task at a time, which may lock it again.

use std::cell::{Ref, RefCell};
use std::fmt;

use super::error::{LockError, TryLockError};
use super::guard::Guard;
use super::lock::{Lock, Protocol};
use super::lock_state::Way;
use crate::kernel::SystemCall;

/// A value that one task at a time may use, and that its owner may lock again and again.
///
/// It is free when the last guard is dropped. Since there can be several guards, they give shared
/// access alone: put a `Cell` or a `RefCell` inside to change the value. Order, cancellation and
/// poison are as with a [`Mutex`](super::Mutex): a panic or a kill poisons it that unwinds through any
/// of its guards. (The idea is Java's monitor.)
///
/// ```
/// use std::cell::Cell;
/// use coros::{run, sync::RLock};
///
/// let counter = RLock::new(Cell::new(1));
/// let counted = run(move || {
///     let outer = counter.lock().unwrap();
///     let inner = counter.lock().unwrap();
///     inner.set(outer.get() + 1);
///     counter.holds()
/// });
/// assert_eq!(counted.unwrap(), 2);
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub type RLock<T> = Lock<Reentrant, T>;

/// One hold on an [`RLock`](super::RLock): dropping the last of them unlocks it. They give shared access
/// alone, since there may be several. See [`Guard`].
pub type RLockGuard<'l, T> = Guard<'l, Reentrant, T, Ref<'l, T>>;

impl<T> RLock<T> {
    /// Locks it, at once if the caller holds it or it is free; else waits until all who came before
    /// have had it.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted, or the lock is poisoned.
    ///
    /// # Panics
    ///
    /// Outside a task, if a task holds the lock.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> Result<RLockGuard<'_, T>, LockError> {
        Guard::lock(&self.state)
    }

    /// The call that [`lock`](Self::lock) waits in.
    pub fn locking(&self) -> impl SystemCall<Reply = Result<RLockGuard<'_, T>, LockError>> {
        Guard::locking(&self.state)
    }

    /// Locks it if the caller holds it, or it is free and no task waits for it.
    ///
    /// # Errors
    ///
    /// If others hold it or queue for it, or it is poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> Result<RLockGuard<'_, T>, TryLockError> {
        Guard::try_lock(&self.state)
    }

    /// How many times the lock is held, all by the same owner.
    #[must_use]
    #[track_caller]
    pub fn holds(&self) -> usize {
        self.count().unsigned_abs()
    }

    /// Whether the lock is held.
    #[must_use]
    #[track_caller]
    pub fn is_locked(&self) -> bool {
        self.count() != 0
    }
}

/// Alone, but again and again, as in an [`RLock`](super::RLock).
#[derive(Clone, Copy, Default)]
pub struct Reentrant;

impl Way for Reentrant {
    const VERB: &'static str = "Lock";
    const AGAIN: bool = true;
    type Borrow<'l, T: 'l> = Ref<'l, T>;

    #[inline(always)]
    fn borrow<T>(value: &RefCell<T>) -> Ref<'_, T> {
        value.borrow()
    }
}

impl Protocol for Reentrant {
    const NAME: &'static str = "RLock";
    const KIND: &'static str = "reentrant lock";

    fn describe(holds: isize, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "held {} times", -holds)
    }
}
