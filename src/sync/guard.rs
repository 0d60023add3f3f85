//! The guard of a mutex.

use std::cell::RefMut;
use std::fmt;
use std::ops::{Deref, DerefMut};

use super::error::UnlockError;
use super::exclusive::Exclusive;
use super::mutex::Mutex;
use super::owner::Owner;
use crate::kernel::Tid;

/// A hold on a [`Mutex`], and the way to its value; dropping it unlocks the mutex and calls whoever
/// has waited longest.
///
/// Dropping never suspends. Dropped by another task than the owner it unlocks all the same, and says
/// so in the log at `warn`; [`unlock`](Self::unlock) refuses that instead.
#[must_use = "a mutex is unlocked as soon as its guard is dropped"]
pub struct MutexGuard<'m, T> {
    // Dropped in this order: the value is given back before the next may have it.
    value: RefMut<'m, T>,
    hold: Hold<'m>,
    mutex: &'m Mutex<T>,
}

impl<'m, T> MutexGuard<'m, T> {
    #[inline(always)]
    pub(super) fn new(
        mutex: &'m Mutex<T>,
        lock: &'m Exclusive,
        owner: Owner,
        value: RefMut<'m, T>,
    ) -> Self {
        let unwinding = owner.was_unwinding();
        let hold = Hold { lock, unwinding };
        Self { value, hold, mutex }
    }

    /// Unlocks the mutex, if it is the caller's.
    ///
    /// # Errors
    ///
    /// Gives the guard back, and leaves the mutex to its owner, if that is another task.
    ///
    /// ```
    /// use coros::{run, sync::{Mutex, MutexGuard}};
    ///
    /// let mutex = Mutex::new(());
    /// run(move || {
    ///     let guard = mutex.lock().unwrap();
    ///     MutexGuard::unlock(guard).unwrap();
    ///     assert!(!mutex.is_locked());
    /// })
    /// .unwrap();
    /// ```
    pub fn unlock(guard: Self) -> Result<(), UnlockError<Self>> {
        if guard.hold.owner().is_caller() {
            return Ok(());
        }
        Err(UnlockError::NotOwner(guard))
    }

    pub(super) fn mutex(&self) -> &'m Mutex<T> {
        self.mutex
    }

    /// Unlocks the mutex for a task that is suspended, in a call that hands the guard over.
    pub(super) fn unlock_for(self, caller: Tid) {
        let Self { value, hold, .. } = self;
        drop(value);
        hold.let_go(Some(caller));
        // Nothing is left to do on drop, and it holds nothing but borrows.
        std::mem::forget(hold);
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

impl<T: fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, out)
    }
}

/// The part of a guard that knows nothing of the value. Small, since guards are moved around: whose it
/// is, the lock knows.
struct Hold<'l> {
    lock: &'l Exclusive,
    unwinding: bool,
}

impl Hold<'_> {
    #[inline(always)]
    fn owner(&self) -> Owner {
        Owner::again(self.lock.owner(), self.unwinding)
    }

    #[inline(always)]
    fn let_go(&self, by: Option<Tid>) {
        let owner = self.owner();
        self.lock.take_back(&owner);
        if by != owner.tid {
            owner.warn_of(by, &self.lock.queue.list);
        }
    }
}

impl Drop for Hold<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.let_go(Tid::running());
    }
}
