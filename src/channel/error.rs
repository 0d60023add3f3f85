//! What can go wrong at either end of a channel.

use crate::kernel::Interrupted;
use crate::shown::{error, interruptible, shown};

/// Why an item was not sent; it comes back.
#[derive(Clone, PartialEq, Eq)]
pub enum SendError<T> {
    /// The channel is closed, or the last receiver is gone.
    Closed(T),
    /// The wait for room, or for a receiver, was broken off.
    Interrupted(T, Interrupted),
}

impl<T> SendError<T> {
    /// The item.
    pub fn into_inner(self) -> T {
        match self {
            Self::Closed(item) | Self::Interrupted(item, _) => item,
        }
    }
}

/// Why an item was not sent at once; it comes back.
#[derive(Clone, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// There is no room, no receiver waits for it, or others wait to send.
    Full(T),
    /// The channel is closed, or the last receiver is gone.
    Closed(T),
}

impl<T> TrySendError<T> {
    /// The item.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::Closed(item) => item,
        }
    }
}

/// Why no item was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RecvError {
    /// The channel is closed, or the last sender is gone, and all items have been taken.
    Closed,
    /// The wait for an item was broken off.
    Interrupted(Interrupted),
}

/// Why no item was received at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryRecvError {
    /// There is no item, or others wait for it.
    Empty,
    /// The channel is closed, or the last sender is gone, and all items have been taken.
    Closed,
}

const SEND_CLOSED: &str = "the channel is closed: no receiver is left for the item";
const RECV_CLOSED: &str = "the channel is closed and empty: nothing more will come";

// What is sent need not be `Debug`.
shown!(impl<T> Debug for SendError<T> {
    Self::Closed(_) => "Closed(..)",
    Self::Interrupted(_, why) => format_args!("Interrupted(.., {why:?})"),
});

error! {
    <T> SendError<T> {
        Self::Closed(_) => SEND_CLOSED,
        Self::Interrupted(_, why) => format_args!("the item was not sent: {why}"),
    }
    source { Self::Interrupted(_, why) => why }
}

shown!(impl<T> Debug for TrySendError<T> {
    Self::Full(_) => "Full(..)",
    Self::Closed(_) => "Closed(..)",
});

error! {
    <T> TrySendError<T> {
        Self::Full(_) => "the channel has no room now: send, and wait for it",
        Self::Closed(_) => SEND_CLOSED,
    }
}

interruptible! {
    RecvError {
        Self::Closed => RECV_CLOSED,
        Self::Interrupted(why) => format_args!("nothing was received: {why}"),
    }
}

error! {
    TryRecvError {
        Self::Empty => "the channel has no item now: receive, and wait for it",
        Self::Closed => RECV_CLOSED,
    }
}
