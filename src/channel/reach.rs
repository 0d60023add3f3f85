//! Where the ends of a channel may be, and what they ask of the channel between them.

use std::fmt;
use std::ops::Deref;

use super::ends::Ends;
use super::error::{RecvError, SendError, TrySendError};
use crate::kernel::SystemCall;

/// Where the ends of a channel may be: in [one thread](super::OneThread), or in
/// [any thread](crate::smp::AnyThread).
///
/// No other type can implement it.
pub trait Reach {
    /// As what a channel keeps its name.
    type Name;
    /// How [`capacity`](super::Info::capacity) tells how much room there is: within a thread `None`
    /// if for any number.
    type Room;
    #[doc(hidden)]
    type Channel<T>: Clone
        + Deref<Target: Sends<T> + Receives<T> + Channel<Name = Self::Name, Room = Self::Room>>;
}

/// What the ends of a channel share.
pub trait Channel: Sized + fmt::Debug {
    type Name;
    type Room;

    fn ends(&self) -> &Ends;

    /// Lets traces and reports call it so.
    fn set_name(&self, name: Self::Name);

    fn len(&self) -> usize;

    fn capacity(&self) -> Self::Room;

    fn is_closed(&self) -> bool;

    /// Whether nothing is there to be received, now or ever.
    fn is_over(&self) -> bool;

    /// Lets nothing more in, and wakes all who wait.
    fn close(&self);

    /// Drops all items, since no end is left that could receive them. They may use the channel as they go.
    fn drop_items(&self);
}

/// A channel, as its senders use it.
pub trait Sends<T>: Channel {
    /// Puts an item in, if there is room and no other call waits to send.
    fn try_send(&self, item: T) -> Result<(), TrySendError<T>>;

    /// The same, unless the item would not count as sent from then on: then it comes back.
    fn send_at_once(&self, item: T) -> Result<(), TrySendError<T>> {
        self.try_send(item)
    }

    /// Waits until an item is sent.
    #[track_caller]
    fn send(&self, item: T) -> Result<(), SendError<T>>;
}

/// A channel, as its receivers use it.
pub trait Receives<T>: Channel {
    /// Takes an item, if there is one and no other call waits for it.
    fn take_at_once(&self) -> Option<T>;

    /// Waits for an item.
    #[track_caller]
    fn recv(&self) -> Result<T, RecvError>;

    /// The call that waits for an item.
    fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>>;
}
