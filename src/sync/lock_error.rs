//! What can go wrong with a lock.

use std::error::Error;
use std::fmt;

use crate::interruptible::interruptible;
use crate::kernel::Interrupted;

/// Why a lock was not had.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LockError {
    /// The wait was broken off; the lock was not taken.
    Interrupted(Interrupted),
    /// Somebody panicked or was killed while holding it, so what it protects may be half changed.
    Poisoned,
    /// The caller holds it already, and would wait for itself.
    WouldDeadlock,
}

interruptible! {
    LockError {
        Self::Poisoned => TryLockError::Poisoned,
        Self::WouldDeadlock => TryLockError::WouldDeadlock,
    }
}

/// Why a lock cannot be had without waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TryLockError {
    /// Others hold it, or others queue for it.
    WouldBlock,
    /// As [`LockError::Poisoned`].
    Poisoned,
    /// As [`LockError::WouldDeadlock`].
    WouldDeadlock,
}

impl fmt::Display for TryLockError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::WouldBlock => "the lock is held or queued for: wait for it, or try again later",
            Self::Poisoned => {
                "the lock is poisoned: whoever held it panicked or was killed; put in order what it \
                 protects after clear_poison"
            }
            Self::WouldDeadlock => {
                "the caller holds the lock already, and would wait for itself: let go of it first"
            }
        })
    }
}

impl Error for TryLockError {}

/// Why a lock was not let go of; gives the guard back.
#[non_exhaustive]
pub enum UnlockError<G> {
    /// The lock was given to another task, which holds it still: let that one unlock it.
    NotOwner(G),
}

impl<G> UnlockError<G> {
    /// The guard, which still holds the lock.
    #[must_use]
    pub fn into_guard(self) -> G {
        match self {
            Self::NotOwner(guard) => guard,
        }
    }
}

impl<G> fmt::Display for UnlockError<G> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the lock is another task's: give its guard back, to be unlocked there")
    }
}

impl<G> fmt::Debug for UnlockError<G> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("NotOwner")
    }
}

impl<G> Error for UnlockError<G> {}
