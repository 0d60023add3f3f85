//! The mutex: one task at a time, in the order in which they came.

use std::cell::{RefCell, RefMut};
use std::fmt;

use super::error::{LockError, TryLockError};
use super::guard::Guard;
use super::lock::{Lock, Protocol};
use super::lock_state::Way;
use crate::kernel::SystemCall;

/// A value that one task at a time may use, also across calls.
///
/// As [`std::sync::Mutex`], but a task that waits lets others run; strictly first come, first served;
/// and a second lock by the same task is an error rather than a deadlock. A lock that is free takes no
/// call. A clone is another handle to the same mutex.
///
/// If its owner panics or is killed, the mutex is *poisoned*, as in `std`: those who wait and those
/// who come get [`LockError::Poisoned`], until a task puts the value in order after
/// [`clear_poison`](Mutex::clear_poison).
///
/// ```
/// use coros::sync::{LockError, Mutex};
/// use coros::{run, spawn};
///
/// run(|| {
///     let account = Mutex::new(100).named("account");
///     let other = account.clone();
///     let clumsy = spawn(move || {
///         let mut balance = other.lock().unwrap();
///         *balance -= 10;
///         assert_eq!(other.lock().unwrap_err(), LockError::WouldDeadlock);
///         panic!("and where do the 10 go?");
///     });
///     assert!(clumsy.join().is_err());
///     assert_eq!(account.lock().unwrap_err(), LockError::Poisoned);
///     account.clear_poison();
///     assert_eq!(*account.lock().unwrap(), 90);
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub type Mutex<T> = Lock<Exclusive, T>;

/// The hold on a [`Mutex`](super::Mutex): dropping it unlocks the mutex. See [`Guard`].
pub type MutexGuard<'l, T> = Guard<'l, Exclusive, T, RefMut<'l, T>>;

impl<T> Mutex<T> {
    /// Locks the mutex; waits until all who came before have had it. If it is free, no wait and no
    /// call; also outside tasks.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted, the mutex is poisoned, or the caller holds it.
    ///
    /// # Panics
    ///
    /// Outside a task, if a task holds the mutex.
    #[inline(always)]
    #[track_caller]
    pub fn lock(&self) -> Result<MutexGuard<'_, T>, LockError> {
        Guard::lock(&self.state)
    }

    /// The call that [`lock`](Self::lock) waits in.
    ///
    /// ```
    /// use coros::{call, run, sync::Mutex};
    ///
    /// let mutex = Mutex::new(1);
    /// assert_eq!(run(move || *call(mutex.locking()).unwrap()).unwrap(), 1);
    /// ```
    pub fn locking(&self) -> impl SystemCall<Reply = Result<MutexGuard<'_, T>, LockError>> {
        Guard::locking(&self.state)
    }

    /// Locks the mutex if it is free and no task waits for it.
    ///
    /// # Errors
    ///
    /// See [`TryLockError`].
    #[track_caller]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        Guard::try_lock(&self.state)
    }

    /// Whether the mutex is held.
    #[must_use]
    #[track_caller]
    pub fn is_locked(&self) -> bool {
        self.count() != 0
    }
}

/// Alone, as in a [`Mutex`](super::Mutex).
#[derive(Clone, Copy, Default)]
pub struct Exclusive;

impl Way for Exclusive {
    const VERB: &'static str = "Lock";
    type Borrow<'l, T: 'l> = RefMut<'l, T>;

    #[inline(always)]
    fn borrow<T>(value: &RefCell<T>) -> RefMut<'_, T> {
        value.borrow_mut()
    }
}

impl Protocol for Exclusive {
    const NAME: &'static str = "Mutex";
    const KIND: &'static str = "mutex";

    fn describe(_: isize, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("held")
    }
}
