//! The sending end of a channel between threads.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};

use super::super::awaited::{Awaited, wait_for};
use super::super::sleeper::Sleeper;
use super::shared::Shared;
use crate::channel::{SendError, TrySendError};
use crate::kernel::{Interrupted, spend, spend_on_reading};

/// A sending end of a channel between threads; see [`channel()`](super::channel). A clone is one more.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Sender<T> {
    shared: Arc<Shared<T>>,
}

impl<T: Send> Sender<T> {
    pub(super) fn of(shared: Arc<Shared<T>>) -> Self {
        Self { shared }
    }

    /// Sends an item, and waits while there is no room: the task alone, or, outside tasks, the thread.
    ///
    /// First in, first out among all who wait.
    ///
    /// # Errors
    ///
    /// With the item, if the channel is closed or the wait is interrupted.
    ///
    /// # Panics
    ///
    /// In a task, if the system has no descriptors left for what wakes a sleeping thread.
    #[track_caller]
    pub fn send(&self, item: T) -> Result<(), SendError<T>> {
        match self.try_send(item) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(item)) => Err(SendError::Closed(item)),
            Err(TrySendError::Full(item)) => wait_for(Put {
                shared: &self.shared,
                item: Some(item),
                number: None,
            }),
        }
    }

    /// Sends an item if there is room and nobody else waits to send. Never waits.
    ///
    /// # Errors
    ///
    /// With the item, if it cannot be sent now, or the channel is closed.
    #[track_caller]
    pub fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        spend();
        self.shared.put(item)
    }
}

impl<T> Sender<T> {
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

    /// Whether the channel is closed, by either side.
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

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.shared.senders.ends.fetch_add(1, Relaxed);
        let shared = Arc::clone(&self.shared);
        Self { shared }
    }
}

/// The last one closes the channel.
impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if self.shared.senders.ends.fetch_sub(1, AcqRel) == 1 {
            self.shared.close();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "smp::Sender({} items)", self.shared.len())
    }
}

/// Waits for room.
struct Put<'c, T> {
    shared: &'c Shared<T>,
    item: Option<T>,
    number: Option<u64>,
}

impl<T> Awaited for Put<'_, T> {
    type Reply = Result<(), SendError<T>>;

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Send({})", self.shared.title)
    }

    fn seems_so(&self) -> bool {
        self.shared.has_room()
    }

    fn look(&mut self, sleeper: impl FnOnce() -> Sleeper) -> Option<Self::Reply> {
        let (shared, item) = (self.shared, &mut self.item);
        if self.number.is_none()
            && let Some(sent) = outcome_of(shared.put(item.take()?), item)
        {
            return Some(sent);
        }
        let push = || outcome_of(shared.push(item.take()?), item);
        let sent = shared.senders.stand(&mut self.number, sleeper, push)?;
        shared.receivers.call();
        shared
            .senders
            .leave(self.number.take(), || shared.has_room());
        Some(sent)
    }

    fn give_up(&mut self, why: Interrupted) -> Self::Reply {
        let shared = self.shared;
        shared
            .senders
            .leave(self.number.take(), || shared.has_room());
        let item = self.item.take().expect("it was not sent");
        Err(SendError::Interrupted(item, why))
    }
}

/// What comes of a try to send; nothing, if the item has to wait where it was.
fn outcome_of<T>(
    tried: Result<(), TrySendError<T>>,
    place: &mut Option<T>,
) -> Option<Result<(), SendError<T>>> {
    match tried {
        Ok(()) => Some(Ok(())),
        Err(TrySendError::Closed(item)) => Some(Err(SendError::Closed(item))),
        Err(TrySendError::Full(item)) => {
            *place = Some(item);
            None
        }
    }
}
