//! How a channel between threads receives.

use super::super::awaited::{Awaited, Waiting, wait_for};
use super::super::sleeper::Sleeper;
use super::shared::ChannelShared;
use crate::channel::RecvError;
use crate::channel::reach::{Channel, Receives};
use crate::kernel::{Interrupted, SystemCall};
use crate::shown::described;

impl<T> Receives<T> for ChannelShared<T> {
    #[inline]
    fn take_at_once(&self) -> Option<T> {
        if !self.receivers.is_free() && !self.is_over() {
            return None;
        }
        self.pop().inspect(|_| self.senders.call())
    }

    fn recv(&self) -> Result<T, RecvError> {
        wait_for(Receive::of(self))
    }

    fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        Waiting(Receive::of(self))
    }
}

/// Waits for an item.
struct Receive<'c, T> {
    shared: &'c ChannelShared<T>,
    number: Option<u64>,
}

impl<'c, T> Receive<'c, T> {
    fn of(shared: &'c ChannelShared<T>) -> Self {
        let number = None;
        Self { shared, number }
    }
}

impl<T> Awaited for Receive<'_, T> {
    type Reply = Result<T, RecvError>;

    described!(self => "Receive({})", self.shared.title);

    fn seems_so(&self) -> bool {
        self.shared.has_news()
    }

    fn look(&mut self, sleeper: impl FnOnce() -> Sleeper) -> Option<Self::Reply> {
        let shared = self.shared;
        let over = || shared.is_over().then_some(Err(RecvError::Closed));
        if self.number.is_none()
            && let Some(received) = shared.take_at_once().map(Ok).or_else(over)
        {
            return Some(received);
        }
        let pop = || shared.pop().map(Ok).or_else(over);
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
