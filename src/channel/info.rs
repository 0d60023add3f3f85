//! What either end of a channel tells of it, and does to it as a whole.

use std::fmt;

use super::one_thread::OneThread;
use super::reach::{Channel, Reach};
use crate::kernel::spend_on_reading;

/// What either end of a channel tells of it, and does to it as a whole.
///
/// ```
/// use coros::channel::bounded;
///
/// let (tx, rx) = bounded(2);
/// tx.try_send("first").unwrap();
/// assert_eq!((tx.len(), rx.len(), tx.senders()), (1, 1, 1));
/// rx.close();
/// assert!(tx.is_closed() && !tx.is_empty());
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Info<T, R: Reach = OneThread> {
    pub(super) channel: R::Channel<T>,
}

impl<T, R: Reach> Info<T, R> {
    /// Closes the channel for both sides: nothing more is sent, what was sent can be received. All who
    /// wait are woken. Never waits.
    pub fn close(&self) {
        self.channel.close();
    }

    /// Whether the channel is closed, by either side. There may still be items in it.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        self.channel.is_closed()
    }

    /// How many items lie in the channel.
    #[must_use]
    #[track_caller]
    pub fn len(&self) -> usize {
        spend_on_reading();
        self.channel.len()
    }

    /// Whether no item lies in the channel.
    #[must_use]
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items there is room for: a number, or, within a thread, `None` if for any number.
    #[must_use]
    pub fn capacity(&self) -> R::Room {
        self.channel.capacity()
    }

    /// How many sending ends there are.
    #[must_use]
    #[track_caller]
    pub fn senders(&self) -> usize {
        spend_on_reading();
        self.channel.ends().senders.count()
    }

    /// How many receiving ends there are.
    #[must_use]
    #[track_caller]
    pub fn receivers(&self) -> usize {
        spend_on_reading();
        self.channel.ends().receivers.count()
    }
}

impl<T> Info<T> {
    /// How many calls wait to send.
    #[must_use]
    #[track_caller]
    pub fn waiting_senders(&self) -> usize {
        spend_on_reading();
        self.channel.waiting_senders()
    }

    /// How many calls wait to receive.
    #[must_use]
    #[track_caller]
    pub fn waiting_receivers(&self) -> usize {
        spend_on_reading();
        self.channel.waiting_receivers()
    }
}

impl<T, R: Reach> fmt::Debug for Info<T, R> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (*self.channel).fmt(out)
    }
}
