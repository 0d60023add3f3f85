//! How a wait on a condition variable fails.

use std::error::Error;
use std::fmt;

use super::guard::MutexGuard;
use super::lock_error::LockError;

/// Why a wait on a [`Condvar`](super::Condvar) ended without a notification. The mutex is locked again, if
/// there is a guard; `?` turns this into a [`LockError`], and unlocks it.
pub struct CondvarError<'m, T> {
    /// What broke the wait off.
    pub error: LockError,
    /// The mutex, locked again; `None` if it is poisoned, and from [`Condvar::waiting`](super::Condvar::waiting).
    pub guard: Option<MutexGuard<'m, T>>,
}

impl<T> From<LockError> for CondvarError<'_, T> {
    fn from(error: LockError) -> Self {
        Self { error, guard: None }
    }
}

impl<T> From<CondvarError<'_, T>> for LockError {
    fn from(error: CondvarError<'_, T>) -> Self {
        error.error
    }
}

impl<T> fmt::Display for CondvarError<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(out)
    }
}

impl<T> fmt::Debug for CondvarError<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.guard.is_some();
        write!(out, "CondvarError({:?}, has guard: {held})", self.error)
    }
}

impl<T> Error for CondvarError<'_, T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
