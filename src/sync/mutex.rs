//! The mutex: one task at a time, in the order in which they came.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::enter::Enter;
use super::error::{LockError, TryLockError};
use super::exclusive::Exclusive;
use super::guard::MutexGuard;
use super::owner::Owner;
use crate::kernel::{SystemCall, Tid, call, spend, spend_on_reading};

/// A value that one task at a time may use, also across calls.
///
/// As [`std::sync::Mutex`], but whoever waits lets other tasks run; strictly first come, first served;
/// and a second lock by the same task is an error rather than a deadlock. A lock that is free takes no
/// call. A clone is another handle to the same mutex.
///
/// If its owner panics or is killed, the mutex is *poisoned*, as in `std`: those who wait and those
/// who come get [`LockError::Poisoned`], until somebody puts the value in order after
/// [`clear_poison`](Self::clear_poison).
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
pub struct Mutex<T>(Rc<Inner<T>>);

struct Inner<T> {
    lock: Exclusive,
    value: RefCell<T>,
}

impl<T> Mutex<T> {
    /// A mutex that is free.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Rc::new(Inner {
            lock: Exclusive::of("mutex"),
            value: RefCell::new(value),
        }))
    }

    /// The same mutex, which traces and reports call by this name.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.lock.queue.list.set_name(name);
        self
    }

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
        spend();
        if self.0.lock.is_open() {
            return Ok(self.guard(self.0.lock.give(Tid::running())));
        }
        self.wait_for_lock()
    }

    #[inline(always)]
    fn lock_if_open(&self) -> Option<MutexGuard<'_, T>> {
        let lock = &self.0.lock;
        lock.is_open()
            .then(|| self.guard(lock.give(Tid::running())))
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn wait_for_lock(&self) -> Result<MutexGuard<'_, T>, LockError> {
        match self.0.lock.refusal(Tid::running()) {
            Some(error) => Err(error),
            None => call(self.locking()),
        }
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
        let lock = &self.0.lock;
        Enter::new(
            "Lock",
            &lock.queue,
            |caller| lock.refusal(Some(caller)).map(Err),
            |caller| Some(lock.give_in_turn(caller)?.map(|owner| self.guard(owner))),
        )
    }

    /// Locks the mutex if it is free and nobody waits for it.
    ///
    /// # Errors
    ///
    /// See [`TryLockError`].
    #[track_caller]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        spend();
        self.lock_if_open()
            .ok_or_else(|| self.0.lock.obstacle(Tid::running()))
    }

    /// As [`lock`](Self::lock), for one that has let go for a while: nothing but a kill breaks it off.
    #[track_caller]
    pub(super) fn lock_again(&self) -> Result<MutexGuard<'_, T>, LockError> {
        match self.lock_if_open() {
            Some(guard) => Ok(guard),
            None => crate::scope::shielded(|| self.lock()),
        }
    }

    #[inline(always)]
    fn guard(&self, owner: Owner) -> MutexGuard<'_, T> {
        MutexGuard::new(self, &self.0.lock, owner, self.0.value.borrow_mut())
    }

    /// Whether somebody panicked or was killed while holding the mutex.
    #[must_use]
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        spend_on_reading();
        self.0.lock.poisoned.get()
    }

    /// Lets the mutex be locked again; its value is as it was left.
    pub fn clear_poison(&self) {
        self.0.lock.poisoned.set(false);
    }

    /// Whether somebody holds the mutex.
    #[must_use]
    #[track_caller]
    pub fn is_locked(&self) -> bool {
        spend_on_reading();
        self.0.lock.is_held()
    }

    /// How many tasks wait for the mutex.
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
    /// Gives the mutex back if there are other handles to it.
    pub fn into_inner(self) -> Result<T, Self> {
        match Rc::try_unwrap(self.0) {
            Ok(inner) => Ok(inner.value.into_inner()),
            Err(shared) => Err(Self(shared)),
        }
    }
}

impl<T> Clone for Mutex<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Mutex({:?})", self.0.lock)
    }
}
