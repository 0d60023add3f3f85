//! The receiving end of a channel between threads.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};

use super::super::awaited::{Awaited, Waiting, wait_for};
use super::super::sleeper::Sleeper;
use super::shared::Shared;
use crate::channel::{RecvError, TryRecvError};
use crate::kernel::{Interrupted, SystemCall, spend, spend_on_reading};

/// A receiving end of a channel between threads; see [`channel()`](super::channel). A clone is one more;
/// each item goes to one.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
}

impl<T: Send> Receiver<T> {
    pub(super) fn of(shared: Arc<Shared<T>>) -> Self {
        Self { shared }
    }

    /// Receives an item, and waits while there is none: the task alone, or, outside tasks, the thread.
    ///
    /// First in, first out among all who wait. If the wait is interrupted, no item was taken.
    ///
    /// # Errors
    ///
    /// If the channel is closed and empty, or the wait is interrupted.
    ///
    /// # Panics
    ///
    /// In a task, if the system has no descriptors left for what wakes a sleeping thread.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        match self.try_recv() {
            Ok(item) => Ok(item),
            Err(TryRecvError::Closed) => Err(RecvError::Closed),
            Err(TryRecvError::Empty) => wait_for(self.waiting()),
        }
    }

    /// Receives an item if there is one and nobody else waits for it. Never waits.
    ///
    /// # Errors
    ///
    /// If there is none, and also if the channel is closed.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        spend();
        self.shared.take()
    }

    /// The call that [`recv`](Self::recv) makes in a task, for a branch of a select: if the branch loses,
    /// no item was taken.
    #[must_use = "a call does nothing until it is made"]
    pub fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        Waiting(self.waiting())
    }

    fn waiting(&self) -> Receive<'_, T> {
        Receive {
            shared: &self.shared,
            number: None,
        }
    }

    /// Receives item after item, until the channel is closed and empty, or a wait is interrupted; which of
    /// the two, the next [`recv`](Self::recv) tells.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self)
    }
}

impl<T> Receiver<T> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        self.shared.title.set_name(name.into());
        self
    }

    /// Closes the channel for both sides: nothing more is sent, what was sent can be received. All who
    /// wait are woken. Never waits.
    pub fn close(&self) {
        self.shared.close();
    }

    /// Whether the channel is closed, by either side. There may still be items in it.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        self.shared.is_closed()
    }

    /// How many items lie in the channel.
    #[must_use]
    #[track_caller]
    pub fn len(&self) -> usize {
        spend_on_reading();
        self.shared.len()
    }

    /// Whether no item lies in the channel.
    #[must_use]
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many items there is room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.shared.capacity
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        self.shared.receivers.ends.fetch_add(1, Relaxed);
        let shared = Arc::clone(&self.shared);
        Self { shared }
    }
}

/// The last one closes the channel, and drops what lies in it.
impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        if self.shared.receivers.ends.fetch_sub(1, AcqRel) == 1 {
            self.shared.close();
            self.shared.drop_items();
        }
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "smp::Receiver({} items)", self.shared.len())
    }
}

/// Waits for an item.
struct Receive<'c, T> {
    shared: &'c Shared<T>,
    number: Option<u64>,
}

impl<T> Awaited for Receive<'_, T> {
    type Reply = Result<T, RecvError>;

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Receive({})", self.shared.title)
    }

    fn seems_so(&self) -> bool {
        self.shared.has_news()
    }

    fn look(&mut self, sleeper: impl FnOnce() -> Sleeper) -> Option<Self::Reply> {
        let shared = self.shared;
        if self.number.is_none()
            && let Some(received) = outcome_of(shared.take())
        {
            return Some(received);
        }
        let pop = || outcome_of(shared.pop());
        let received = shared.receivers.stand(&mut self.number, sleeper, pop)?;
        shared.senders.call();
        shared
            .receivers
            .leave(self.number.take(), || shared.has_news());
        Some(received)
    }

    fn give_up(&mut self, why: Interrupted) -> Self::Reply {
        let shared = self.shared;
        shared
            .receivers
            .leave(self.number.take(), || shared.has_news());
        Err(RecvError::Interrupted(why))
    }
}

/// What comes of a try to receive; nothing, if one has to wait.
fn outcome_of<T>(tried: Result<T, TryRecvError>) -> Option<Result<T, RecvError>> {
    match tried {
        Ok(item) => Some(Ok(item)),
        Err(TryRecvError::Closed) => Some(Err(RecvError::Closed)),
        Err(TryRecvError::Empty) => None,
    }
}

/// Receives item after item; see [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'r, T>(&'r Receiver<T>);

impl<T: Send> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

/// Receives item after item, and is an end of the channel; see [`Receiver::iter`].
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>);

impl<T: Send> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<T: Send> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self)
    }
}

impl<'r, T: Send> IntoIterator for &'r Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'r, T>;

    fn into_iter(self) -> Iter<'r, T> {
        self.iter()
    }
}
