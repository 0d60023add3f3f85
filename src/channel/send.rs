//! The calls that send.

use super::error::{SendError, TrySendError};
use super::offers::From;
use super::pipe::Pipe;
use super::reach::{Channel, Sends};
use super::rendezvous::{Give, When};
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, call};
use crate::shown::described;

impl<T> Sends<T> for Pipe<T> {
    #[inline]
    fn try_send(&self, item: T) -> Result<(), TrySendError<T>> {
        self.sent_last.set(Tid::running());
        self.put(item)
    }

    /// In a rendezvous an item is sent only when a receiver has taken it.
    #[inline]
    fn send_at_once(&self, item: T) -> Result<(), TrySendError<T>> {
        match self.capacity {
            0 => Err(TrySendError::Full(item)),
            _ => self.try_send(item),
        }
    }

    fn send(&self, item: T) -> Result<(), SendError<T>> {
        let mut item = Some(item);
        let sent = call(Sending::by(self, &mut item, When::Taken));
        sent.map_err(|error| {
            let item = item.take().expect("it was not sent");
            match error {
                SendError::Closed(()) => SendError::Closed(item),
                SendError::Interrupted((), why) => SendError::Interrupted(item, why),
            }
        })
    }
}

/// Sends an item, and waits for it to be taken in: by the channel, or by a receiver if that has no room.
pub(super) struct Sending<'p, T> {
    pipe: &'p Pipe<T>,
    /// Until it is sent, or lies in the line.
    item: &'p mut Option<T>,
    /// In a branch of a select the item stays where it is until it is sent.
    when: When,
    /// Where it stands in the line.
    place: Option<u64>,
    /// How it is sent instead, if the channel has no room.
    give: Option<Give<'p, T>>,
}

impl<'p, T> Sending<'p, T> {
    /// As a branch of a select.
    pub(super) fn new(pipe: &'p Pipe<T>, item: &'p mut Option<T>) -> Self {
        Self::by(pipe, item, When::AtOnce)
    }

    fn by(pipe: &'p Pipe<T>, item: &'p mut Option<T>, when: When) -> Self {
        let rendezvous = pipe.rendezvous.as_ref();
        Self {
            pipe,
            item,
            when,
            place: None,
            give: rendezvous.map(|rendezvous| Give::new(rendezvous, when)),
        }
    }

    /// Sends a branch's item, if there is room; another has been tried before the call. Else the caller
    /// waits in line.
    fn begin(&mut self, kernel: &mut Kernel, caller: Tid) -> Option<Result<(), SendError<()>>> {
        let pipe = self.pipe;
        pipe.sent_last.set(Some(caller));
        let mut in_line = self.item.take();
        if self.when == When::AtOnce
            && let Some(item) = in_line.take()
        {
            match pipe.put(item) {
                Ok(()) => return Some(Ok(())),
                Err(TrySendError::Closed(item)) => {
                    *self.item = Some(item);
                    return Some(Err(SendError::Closed(())));
                }
                Err(TrySendError::Full(item)) => *self.item = Some(item),
            }
        }
        kernel.park(caller, &pipe.senders);
        self.place = Some(pipe.join(in_line, From::Task(caller, kernel.poster())));
        None
    }

    /// Whether the item was sent, or may not be any more; `None` if it is to be waited for.
    fn look(&mut self, place: u64) -> Option<Result<(), SendError<()>>> {
        if self.pipe.is_granted(place) {
            return Some(Ok(()));
        }
        if self.pipe.is_closed() {
            self.take_back();
            return Some(Err(SendError::Closed(())));
        }
        let is_sent = self.item.is_some() && self.pipe.put_as_first(place, self.item);
        is_sent.then_some(Ok(()))
    }

    fn take_back(&mut self) {
        if let Some(place) = self.place.take()
            && let Some(item) = self.pipe.withdraw(place)
        {
            *self.item = Some(item);
        }
    }
}

impl<T> SystemCall for Sending<'_, T> {
    type Reply = Result<(), SendError<()>>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let pipe = self.pipe;
        let sent = match (&mut self.give, self.place) {
            (Some(give), _) => {
                pipe.sent_last.set(Some(caller));
                give.serve(self.item, kernel, caller, &pipe.senders)
            }
            (None, None) => self.begin(kernel, caller),
            (None, Some(place)) => self.look(place),
        };
        if let Some(sent) = sent {
            return Answer::Done(sent);
        }
        pipe.received_last.note_in(&pipe.senders);
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        if let Some(give) = &mut self.give {
            return give.abandon(self.item, kernel, why);
        }
        if self.place.is_some_and(|place| self.pipe.is_granted(place)) {
            kernel.was_granted();
            return Ok(());
        }
        self.take_back();
        Err(SendError::Interrupted((), why))
    }

    described!(self => "Send({})", self.pipe.senders);
}
