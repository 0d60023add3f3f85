//! The guards of a read-write lock.

use std::cell::{Ref, RefMut};
use std::fmt;
use std::ops::{Deref, DerefMut};

use super::error::UnlockError;
use super::owner::Owner;
use super::shared::Shared;
use crate::kernel::Tid;

/// A hold on an [`RwLock`](super::RwLock) for reading; dropping it lets go, and never suspends.
///
/// Dropped by another task than the reader it lets go all the same, and says so in the log at `warn`.
#[must_use = "a lock is let go of as soon as its guard is dropped"]
pub struct RwLockReadGuard<'l, T> {
    // Dropped in this order: the value is given back before the next may have it.
    value: Ref<'l, T>,
    hold: Reading<'l>,
}

impl<'l, T> RwLockReadGuard<'l, T> {
    pub(super) fn new(value: Ref<'l, T>, lock: &'l Shared, owner: Owner) -> Self {
        let hold = Reading { lock, owner };
        Self { value, hold }
    }

    /// Lets go of the lock, if this hold is the caller's.
    ///
    /// # Errors
    ///
    /// Gives the guard back, and leaves the lock alone, if the hold is another task's.
    pub fn unlock(guard: Self) -> Result<(), UnlockError<Self>> {
        if guard.hold.owner.is_caller() {
            return Ok(());
        }
        Err(UnlockError::NotOwner(guard))
    }
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

/// A hold on an [`RwLock`](super::RwLock) for writing; dropping it lets go, and never suspends.
///
/// Dropped by another task than the writer it lets go all the same, and says so in the log at `warn`.
#[must_use = "a lock is let go of as soon as its guard is dropped"]
pub struct RwLockWriteGuard<'l, T> {
    // Dropped in this order: the value is given back before the next may have it.
    value: RefMut<'l, T>,
    hold: Writing<'l>,
}

impl<'l, T> RwLockWriteGuard<'l, T> {
    pub(super) fn new(value: RefMut<'l, T>, lock: &'l Shared, owner: Owner) -> Self {
        let hold = Writing { lock, owner };
        Self { value, hold }
    }

    /// Lets go of the lock, if it is the caller's.
    ///
    /// # Errors
    ///
    /// Gives the guard back, and leaves the lock alone, if it is another task's.
    pub fn unlock(guard: Self) -> Result<(), UnlockError<Self>> {
        if guard.hold.owner.is_caller() {
            return Ok(());
        }
        Err(UnlockError::NotOwner(guard))
    }
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

/// The part of a read guard that knows nothing of the value.
struct Reading<'l> {
    lock: &'l Shared,
    owner: Owner,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.lock.take_back_read(&self.owner);
        warn_of_stranger(self.lock, &self.owner);
    }
}

/// The part of a write guard that knows nothing of the value.
struct Writing<'l> {
    lock: &'l Shared,
    owner: Owner,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.lock.take_back_write(&self.owner);
        warn_of_stranger(self.lock, &self.owner);
    }
}

fn warn_of_stranger(lock: &Shared, owner: &Owner) {
    if !owner.is_caller() {
        owner.warn_of(Tid::running(), &lock.queue.list);
    }
}
