//! What a broadcast says instead of an item.

use crate::channel;
use crate::kernel::Interrupted;
use crate::shown::{error, interruptible};

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

error! {
    TryRecvError {
        Self::Empty => channel::TryRecvError::Empty,
        Self::Closed => channel::TryRecvError::Closed,
        Self::Lagged(count) =>
            format_args!("lagged behind, {count} items are lost: go on with the oldest still there"),
    }
}
