//! Why a wait here came to nothing: one small error for each thing that is waited for.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;

use crate::kernel::{Interrupted, Tid};
use crate::shown::{error, interruptible, shown};

/// Why a lock was not had.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LockError {
    /// The wait was broken off; the lock was not taken.
    Interrupted(Interrupted),
    /// A task panicked or was killed while holding it, so what it protects may be half changed.
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

error! {
    TryLockError {
        Self::WouldBlock => "the lock is held or queued for: wait for it, or try again later",
        Self::Poisoned =>
            "the lock is poisoned: the task that held it panicked or was killed; put in order what it \
             protects after clear_poison",
        Self::WouldDeadlock =>
            "the caller holds the lock already, and would wait for itself: let go of it first",
    }
}

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

error! {
    <G> UnlockError<G> {
        Self::NotOwner(_) => "the lock is another task's: give its guard back, to be unlocked there",
    }
}

shown!(impl<G> Debug for UnlockError<G>: self => "NotOwner");

/// Why a task did not pass a barrier.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum BarrierError {
    /// The barrier is broken: a party gave up, or it was aborted.
    Broken,
    /// The caller's own wait was broken off, and that broke the barrier.
    Interrupted(Interrupted),
}

interruptible! {
    BarrierError {
        Self::Broken =>
            "the barrier is broken, since a party gave up or it was aborted: reset it to go on",
    }
}

/// Why a task got no token.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum LimiterError {
    /// This task, the caller, holds one already.
    AlreadyHolds(Tid),
    /// The wait was broken off; no token was taken.
    Interrupted(Interrupted),
}

interruptible! {
    LimiterError {
        Self::AlreadyHolds(tid) =>
            format_args!("task {tid} holds a token already: drop that one first"),
    }
}

/// Why no permit, or no token, can be had without waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TryAcquireError {
    /// There are too few, or others queue for them.
    WouldBlock,
    /// As [`LimiterError::AlreadyHolds`]; of a limiter alone.
    AlreadyHolds(Tid),
}

error! {
    TryAcquireError {
        Self::WouldBlock => "too few are left, or others queue: wait for one, or try again later",
        Self::AlreadyHolds(tid) => LimiterError::AlreadyHolds(*tid),
    }
}

/// There was nothing to release: all permits are back, or will come back as their guards are dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OverReleased {
    /// How many permits the semaphore has in all.
    pub bound: usize,
}

error! {
    OverReleased {
        Self { bound } => format_args!(
            "released once too often: none of the {bound} permits was forgotten; release those alone, \
             the others come back when their guards are dropped"
        ),
    }
}

/// Why a cell has no value to show.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum OnceError<E = Infallible> {
    /// The initialiser failed.
    Failed(E),
    /// The caller is initialising the cell already, so it would wait for itself: this task, or, with
    /// `None`, code outside all tasks.
    Recursive(Option<Tid>),
    /// The wait for another's initialiser was broken off.
    Interrupted(Interrupted),
}

impl<E: fmt::Display> fmt::Display for OnceError<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(out),
            Self::Recursive(caller) => {
                match caller {
                    Some(tid) => write!(out, "task {tid}")?,
                    None => out.write_str("code outside all tasks")?,
                }
                out.write_str(
                    " is initialising this cell already: do not ask for it in its initialiser",
                )
            }
            Self::Interrupted(why) => why.fmt(out),
        }
    }
}

impl<E: Error + 'static> Error for OnceError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            Self::Recursive(_) => None,
            Self::Interrupted(why) => Some(why),
        }
    }
}

impl<E> From<Interrupted> for OnceError<E> {
    fn from(why: Interrupted) -> Self {
        Self::Interrupted(why)
    }
}
