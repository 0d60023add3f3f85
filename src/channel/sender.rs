//! The sending end of a channel.

use std::fmt;
use std::rc::Rc;

use super::error::{SendError, TrySendError};
use super::pipe::Pipe;
use super::send::{Send, Sending};
use crate::kernel::{SystemCall, Tid, call, spend, spend_on_reading};

/// A sending end of a channel; see [the table](super). A clone is one more.
///
/// It belongs to its thread:
///
/// ```compile_fail
/// let (tx, _rx) = coros::channel::unbounded::<u32>();
/// std::thread::spawn(move || tx.try_send(1));
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Sender<T> {
    pub(super) pipe: Rc<Pipe<T>>,
}

impl<T> Sender<T> {
    pub(super) fn of(pipe: Rc<Pipe<T>>) -> Self {
        Self { pipe }
    }

    /// Sends an item, and waits while there is no room; in a rendezvous, until a receiver has taken it.
    ///
    /// First in, first out among all who wait. What was taken in before the wait is broken off counts
    /// as sent. Outside a task, only what needs no wait can be sent.
    ///
    /// # Errors
    ///
    /// With the item, if the channel is closed or the wait is interrupted.
    ///
    /// # Panics
    ///
    /// Outside a task, if it would have to wait. In a priority channel, if a comparison panics.
    ///
    /// ```
    /// use std::time::Duration;
    /// use coros::channel::bounded;
    /// use coros::{run, timeout};
    ///
    /// run(|| {
    ///     let (tx, rx) = bounded(1);
    ///     tx.send(1).unwrap();
    ///     let late = timeout(Duration::from_millis(1), || {
    ///         assert_eq!(tx.send(2).unwrap_err().into_inner(), 2);
    ///     });
    ///     assert!(late.is_err());
    ///     assert_eq!(rx.len(), 1);
    /// })
    /// .unwrap();
    /// ```
    #[inline]
    #[track_caller]
    pub fn send(&self, item: T) -> Result<(), SendError<T>> {
        spend();
        if self.pipe.capacity() == Some(0) {
            return call(Send::new(&self.pipe, item));
        }
        match self.put(item) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(item)) => Err(SendError::Closed(item)),
            Err(TrySendError::Full(item)) => call(Send::new(&self.pipe, item)),
        }
    }

    /// Sends an item if there is room and nobody else waits to send; in a rendezvous, if a task waits to
    /// receive for which no other item is meant: then its call, also a select, is answered with this
    /// item. Never waits.
    ///
    /// # Errors
    ///
    /// With the item, if it cannot be sent now, or the channel is closed.
    ///
    /// # Panics
    ///
    /// In a priority channel, if a comparison panics.
    #[inline]
    #[track_caller]
    pub fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        spend();
        self.put(item)
    }

    #[inline]
    fn put(&self, item: T) -> Result<(), TrySendError<T>> {
        self.pipe.sent_last.set(Tid::running());
        self.pipe.put(item)
    }

    /// The call that sends, for a branch of a select.
    ///
    /// The item stays where it is until it is sent: if the branch loses, or the channel is closed, it is
    /// still there. In a rendezvous it is sent when a receiver that waits has it for good: a task at once,
    /// a future when it is polled; never another branch of the same select.
    ///
    /// # Panics
    ///
    /// If there is no item.
    ///
    /// ```
    /// use coros::channel::{SendError, bounded};
    /// use coros::{call, run};
    ///
    /// run(|| {
    ///     let (tx, rx) = bounded(1);
    ///     let mut item = Some("once");
    ///     call(tx.sending(&mut item)).unwrap();
    ///     assert_eq!((item, rx.recv()), (None, Ok("once")));
    ///     rx.close();
    ///     item = Some("again");
    ///     assert_eq!(call(tx.sending(&mut item)), Err(SendError::Closed(())));
    ///     assert_eq!(item, Some("again"));
    /// })
    /// .unwrap();
    /// ```
    #[must_use = "a call does nothing until it is made"]
    #[track_caller]
    pub fn sending<'s>(
        &'s self,
        item: &'s mut Option<T>,
    ) -> impl SystemCall<Reply = Result<(), SendError<()>>> + 's {
        assert!(item.is_some(), "nothing to send: the item was sent before");
        Sending::new(&self.pipe, item)
    }

    /// Closes the channel for both sides: nothing more is sent, what was sent can be received. All who
    /// wait are woken. Never waits.
    pub fn close(&self) {
        self.pipe.close();
    }

    /// Whether the channel is closed, by either side.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        self.pipe.is_closed()
    }

    /// How many items lie in the channel.
    #[must_use]
    #[track_caller]
    pub fn len(&self) -> usize {
        spend_on_reading();
        self.pipe.len()
    }

    /// Whether no item lies in the channel.
    #[must_use]
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items there is room for; `None` if for any number.
    #[must_use]
    pub fn capacity(&self) -> Option<usize> {
        self.pipe.capacity()
    }

    /// How many calls wait to send.
    #[must_use]
    #[track_caller]
    pub fn waiting_senders(&self) -> usize {
        spend_on_reading();
        self.pipe.waiting_senders()
    }

    /// How many calls wait to receive.
    #[must_use]
    #[track_caller]
    pub fn waiting_receivers(&self) -> usize {
        spend_on_reading();
        self.pipe.waiting_receivers()
    }

    /// How many sending ends there are.
    #[must_use]
    #[track_caller]
    pub fn senders(&self) -> usize {
        spend_on_reading();
        self.pipe.sender_ends.get()
    }

    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.pipe.set_name(name.into());
        self
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        let ends = &self.pipe.sender_ends;
        ends.set(ends.get() + 1);
        Self::of(Rc::clone(&self.pipe))
    }
}

/// The last one closes the channel.
impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let ends = &self.pipe.sender_ends;
        ends.set(ends.get() - 1);
        if ends.get() == 0 {
            self.pipe.close();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Sender({:?})", self.pipe)
    }
}
