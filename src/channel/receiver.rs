//! The receiving end of a channel.

use std::fmt;
use std::rc::Rc;

use super::error::{RecvError, TryRecvError};
use super::pipe::Pipe;
use super::receive::receive;
use crate::kernel::{SystemCall, Tid, call, spend, spend_on_reading};

/// A receiving end of a channel; see [the table](super). A clone is one more; each item goes to one.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Receiver<T> {
    pub(super) pipe: Rc<Pipe<T>>,
}

impl<T> Receiver<T> {
    pub(super) fn of(pipe: Rc<Pipe<T>>) -> Self {
        Self { pipe }
    }

    /// Receives an item, and waits while there is none.
    ///
    /// First in, first out among all who wait. If the wait is interrupted, no item was taken. Outside a
    /// task, only what is there can be received.
    ///
    /// # Errors
    ///
    /// If the channel is closed and empty, or the wait is interrupted.
    ///
    /// # Panics
    ///
    /// Outside a task, if it would have to wait.
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
        if let Some(item) = self.take() {
            return Ok(item);
        }
        if self.pipe.is_over() {
            return Err(RecvError::Closed);
        }
        call(receive(&self.pipe))
    }

    /// Receives an item if there is one and nobody else waits for it; in a rendezvous, if a
    /// [`send`](super::Sender::send) is first in line. Never waits.
    ///
    /// # Errors
    ///
    /// If there is none, and also if the channel is closed.
    #[inline]
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        spend();
        if let Some(item) = self.take() {
            return Ok(item);
        }
        match self.pipe.is_over() {
            true => Err(TryRecvError::Closed),
            false => Err(TryRecvError::Empty),
        }
    }

    /// Takes an item, if there is one and nobody else waits for it.
    #[inline]
    fn take(&self) -> Option<T> {
        if !self.pipe.receivers.is_empty() {
            return None; // In a rendezvous nobody stands there: its own line is looked at.
        }
        let item = self.pipe.take()?;
        self.pipe.received_last.set(Tid::running());
        Some(item)
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
        receive(&self.pipe)
    }

    /// Receives item after item, until the channel is closed and empty, or a wait is interrupted; which of
    /// the two, the next [`recv`](Self::recv) tells.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self)
    }

    /// Closes the channel for both sides: nothing more is sent, what was sent can be received. All who
    /// wait are woken. Never waits.
    pub fn close(&self) {
        self.pipe.close();
    }

    /// Whether the channel is closed, by either side. There may still be items in it.
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

    /// How many receiving ends there are.
    #[must_use]
    #[track_caller]
    pub fn receivers(&self) -> usize {
        spend_on_reading();
        self.pipe.receiver_ends.get()
    }

    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.pipe.set_name(name.into());
        self
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        let ends = &self.pipe.receiver_ends;
        ends.set(ends.get() + 1);
        Self::of(Rc::clone(&self.pipe))
    }
}

/// The last one closes the channel, and drops what lies in it.
impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let ends = &self.pipe.receiver_ends;
        ends.set(ends.get() - 1);
        if ends.get() == 0 {
            // First of all, or an item that sends as it is dropped would fill the channel again.
            self.pipe.close();
            self.pipe.drop_items();
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Receiver({:?})", self.pipe)
    }
}

/// Receives item after item; see [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'r, T>(&'r Receiver<T>);

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

/// Receives item after item, and is an end of the channel; see [`Receiver::iter`].
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>);

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self)
    }
}

impl<'r, T> IntoIterator for &'r Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'r, T>;

    fn into_iter(self) -> Iter<'r, T> {
        self.iter()
    }
}
