//! Why a wait here came to nothing: one small error for each thing that is waited for.

use std::convert::Infallible;
use std::fmt;

use crate::interruptible::interruptible;
use crate::kernel::{Interrupted, Tid};

/// Why a task did not pass a barrier.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum BarrierError {
    /// The barrier is broken: somebody gave up, or aborted it.
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

impl fmt::Display for TryAcquireError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WouldBlock => {
                out.write_str("too few are left, or others queue: wait for one, or try again later")
            }
            Self::AlreadyHolds(tid) => LimiterError::AlreadyHolds(*tid).fmt(out),
        }
    }
}

impl std::error::Error for TryAcquireError {}

/// There was nothing to release: all permits are back, or will come back as their guards are dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OverReleased {
    /// How many permits the semaphore has in all.
    pub bound: usize,
}

impl fmt::Display for OverReleased {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "released once too often: none of the {} permits was forgotten; release those alone, the \
             others come back when their guards are dropped",
            self.bound
        )
    }
}

impl std::error::Error for OverReleased {}

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

impl<E: std::error::Error + 'static> std::error::Error for OnceError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
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
