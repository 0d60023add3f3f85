//! The sending end of a channel.

use std::ops::Deref;

use super::error::{SendError, TrySendError};
use super::info::Info;
use super::one_thread::OneThread;
use super::reach::{Channel, Reach, Sends};
use super::send::Sending;
use crate::kernel::{SystemCall, spend};
use crate::shown::shown;

/// A sending end of a channel; see [the table](super). A clone is one more.
///
/// What it tells of the channel, either end does: see [`Info`].
///
/// It belongs to its thread, unless the channel is one [between threads](crate::smp::channel()):
///
/// ```compile_fail
/// let (tx, _rx) = coros::channel::unbounded::<u32>();
/// std::thread::spawn(move || tx.try_send(1));
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Sender<T, R: Reach = OneThread>(Info<T, R>);

impl<T, R: Reach> Sender<T, R> {
    /// One end more.
    pub(crate) fn of(channel: R::Channel<T>) -> Self {
        channel.ends().senders.add();
        Self(Info { channel })
    }

    /// Sends an item, and waits while there is no room; in a rendezvous, until a receiver has taken it.
    ///
    /// First in, first out among all who wait. What was taken in before the wait is broken off counts
    /// as sent. Outside a task, only what needs no wait can be sent; but where a channel is one between
    /// threads, the thread waits.
    ///
    /// # Errors
    ///
    /// With the item, if the channel is closed or the wait is interrupted.
    ///
    /// # Panics
    ///
    /// Within one thread: outside a task, if it would have to wait; in a priority channel, if a
    /// comparison panics. Between threads: in a task, if the system has no descriptors left for what wakes
    /// a sleeping thread.
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
        match self.channel.send_at_once(item) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(item)) => Err(SendError::Closed(item)),
            Err(TrySendError::Full(item)) => self.channel.send(item),
        }
    }

    /// Sends an item if there is room and no other call waits to send; in a rendezvous, if a task waits to
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
        self.channel.try_send(item)
    }

    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<R::Name>) -> Self {
        self.channel.set_name(name.into());
        self
    }
}

impl<T> Sender<T> {
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
        Sending::new(&self.channel, item)
    }
}

impl<T, R: Reach> Deref for Sender<T, R> {
    type Target = Info<T, R>;

    #[inline]
    fn deref(&self) -> &Info<T, R> {
        &self.0
    }
}

impl<T, R: Reach> Clone for Sender<T, R> {
    fn clone(&self) -> Self {
        Self::of(self.channel.clone())
    }
}

/// The last one closes the channel.
impl<T, R: Reach> Drop for Sender<T, R> {
    fn drop(&mut self) {
        if self.channel.ends().senders.remove() {
            self.channel.close();
        }
    }
}

shown!(impl<T, R: Reach> Debug for Sender<T, R>: self => "Sender({:?})", self.0);
