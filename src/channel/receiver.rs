//! The receiving end of a channel.

use std::ops::Deref;

use super::error::{RecvError, TryRecvError};
use super::info::Info;
use super::one_thread::OneThread;
use super::reach::{Channel, Reach, Receives};
use crate::kernel::{SystemCall, spend};
use crate::shown::shown;

/// A receiving end of a channel; see [the table](super). A clone is one more; each item goes to one.
///
/// What it tells of the channel, either end does: see [`Info`].
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Receiver<T, R: Reach = OneThread>(Info<T, R>);

impl<T, R: Reach> Receiver<T, R> {
    /// One end more.
    pub(crate) fn of(channel: R::Channel<T>) -> Self {
        channel.ends().receivers.add();
        Self(Info { channel })
    }

    /// Receives an item, and waits while there is none.
    ///
    /// First in, first out among all who wait. If the wait is interrupted, no item was taken. Outside a
    /// task, only what is there can be received; but where a channel is one between threads, the thread
    /// waits.
    ///
    /// # Errors
    ///
    /// If the channel is closed and empty, or the wait is interrupted.
    ///
    /// # Panics
    ///
    /// Within one thread: outside a task, if it would have to wait. Between threads: in a task, if the
    /// system has no descriptors left for what wakes a sleeping thread.
    ///
    /// ```
    /// use coros::channel::{RecvError, bounded};
    /// use coros::{run, spawn};
    ///
    /// run(|| {
    ///     let (tx, rx) = bounded(8);
    ///     spawn(move || tx.send("the only one").unwrap());
    ///     assert_eq!(rx.recv(), Ok("the only one"));
    ///     assert_eq!(rx.recv(), Err(RecvError::Closed));
    /// })
    /// .unwrap();
    /// ```
    #[inline]
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        spend();
        match self.channel.take_at_once() {
            Some(item) => Ok(item),
            None if self.channel.is_over() => Err(RecvError::Closed),
            None => self.channel.recv(),
        }
    }

    /// Receives an item if there is one and no other call waits for it; in a rendezvous, if a
    /// [`send`](super::Sender::send) is first in line. Never waits.
    ///
    /// # Errors
    ///
    /// If there is none, and also if the channel is closed.
    #[inline]
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        spend();
        match self.channel.take_at_once() {
            Some(item) => Ok(item),
            None if self.channel.is_over() => Err(TryRecvError::Closed),
            None => Err(TryRecvError::Empty),
        }
    }

    /// The call that receives, for a branch of a select: if the branch loses, no item was taken.
    ///
    /// ```
    /// use coros::channel::unbounded;
    /// use coros::{call, run};
    ///
    /// run(|| {
    ///     let (tx, rx) = unbounded();
    ///     tx.send(1).unwrap();
    ///     assert_eq!(call(rx.receiving()), Ok(1));
    /// })
    /// .unwrap();
    /// ```
    #[must_use = "a call does nothing until it is made"]
    pub fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        self.channel.receiving()
    }

    /// Receives item after item, until the channel is closed and empty, or a wait is interrupted; which of
    /// the two, the next [`recv`](Self::recv) tells.
    pub fn iter(&self) -> Iter<'_, T, R> {
        Iter(self)
    }

    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<R::Name>) -> Self {
        self.channel.set_name(name.into());
        self
    }
}

impl<T, R: Reach> Deref for Receiver<T, R> {
    type Target = Info<T, R>;

    #[inline]
    fn deref(&self) -> &Info<T, R> {
        &self.0
    }
}

impl<T, R: Reach> Clone for Receiver<T, R> {
    fn clone(&self) -> Self {
        Self::of(self.channel.clone())
    }
}

/// The last one closes the channel, and drops what lies in it.
impl<T, R: Reach> Drop for Receiver<T, R> {
    fn drop(&mut self) {
        if self.channel.ends().receivers.remove() {
            // First of all, or an item that sends as it is dropped would fill the channel again.
            self.channel.close();
            self.channel.drop_items();
        }
    }
}

shown!(impl<T, R: Reach> Debug for Receiver<T, R>: self => "Receiver({:?})", self.0);

/// Receives item after item; see [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'r, T, R: Reach = OneThread>(&'r Receiver<T, R>);

impl<T, R: Reach> Iterator for Iter<'_, T, R> {
    type Item = T;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

/// Receives item after item, and is an end of the channel; see [`Receiver::iter`].
#[derive(Debug)]
pub struct IntoIter<T, R: Reach = OneThread>(Receiver<T, R>);

impl<T, R: Reach> Iterator for IntoIter<T, R> {
    type Item = T;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<T, R: Reach> IntoIterator for Receiver<T, R> {
    type Item = T;
    type IntoIter = IntoIter<T, R>;

    fn into_iter(self) -> IntoIter<T, R> {
        IntoIter(self)
    }
}

impl<'r, T, R: Reach> IntoIterator for &'r Receiver<T, R> {
    type Item = T;
    type IntoIter = Iter<'r, T, R>;

    fn into_iter(self) -> Iter<'r, T, R> {
        self.iter()
    }
}
