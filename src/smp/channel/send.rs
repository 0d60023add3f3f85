//! How a channel between threads sends.

use super::super::awaited::{Awaited, wait_for};
use super::super::sleeper::Sleeper;
use super::shared::ChannelShared;
use crate::channel::reach::{Channel, Sends};
use crate::channel::{SendError, TrySendError};
use crate::kernel::Interrupted;
use crate::shown::described;

impl<T> Sends<T> for ChannelShared<T> {
    #[inline]
    fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        if !self.senders.is_free() && !self.is_closed() {
            return Err(TrySendError::Full(item));
        }
        self.push(item).inspect(|()| self.receivers.call())
    }

    fn send(&self, item: T) -> Result<(), SendError<T>> {
        wait_for(Put {
            shared: self,
            item: Some(item),
            number: None,
        })
    }
}

/// Waits for room.
struct Put<'c, T> {
    shared: &'c ChannelShared<T>,
    item: Option<T>,
    number: Option<u64>,
}

impl<T> Awaited for Put<'_, T> {
    type Reply = Result<(), SendError<T>>;

    described!(self => "Send({})", self.shared.title);

    fn seems_so(&self) -> bool {
        self.shared.has_room()
    }

    fn look(&mut self, sleeper: impl FnOnce() -> Sleeper) -> Option<Self::Reply> {
        let (shared, item) = (self.shared, &mut self.item);
        if self.number.is_none()
            && let Some(sent) = outcome_of(shared.try_send(item.take()?), item)
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
