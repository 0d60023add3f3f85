//! What a broadcast says instead of an item.

use std::error::Error;
use std::fmt;

use crate::channel;
use crate::interruptible::interruptible;
use crate::kernel::Interrupted;

/// Why nothing was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RecvError {
    /// Nothing is left, and nothing will come: the channel is closed, or its senders are gone.
    Closed,
    /// So many items were lost, since newer ones needed their room. Told once; what is received next is
    /// the oldest that is still there.
    Lagged(u64),
    /// The wait was broken off; no item was taken.
    Interrupted(Interrupted),
}

interruptible! {
    RecvError {
        Self::Closed => channel::RecvError::Closed,
        Self::Lagged(count) => TryRecvError::Lagged(*count),
    }
}

/// Why nothing was received without waiting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryRecvError {
    /// Nothing is there for the caller now.
    Empty,
    /// Nothing is left, and nothing will come.
    Closed,
    /// As [`RecvError::Lagged`].
    Lagged(u64),
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => channel::TryRecvError::Empty.fmt(out),
            Self::Closed => channel::TryRecvError::Closed.fmt(out),
            Self::Lagged(count) => write!(
                out,
                "lagged behind, {count} items are lost: go on with the oldest still there"
            ),
        }
    }
}

impl Error for TryRecvError {}
