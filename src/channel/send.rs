//! The calls that send.

use std::fmt;

use super::error::{SendError, TrySendError};
use super::line::From;
use super::pipe::Pipe;
use super::reach::{Channel, Sends};
use super::rendezvous::{Give, When};
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, call};

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
        call(Send {
            pipe: self,
            item: Some(item),
            place: None,
            give: give(self, When::Taken),
        })
    }
}

/// Sends an item, and waits for it to be taken in: by the channel, or by a receiver if that has no room.
struct Send<'p, T> {
    pipe: &'p Pipe<T>,
    /// Until it is sent or lies in the line.
    item: Option<T>,
    place: Option<u64>,
    /// How it is sent instead, if the channel has no room.
    give: Option<Give<'p, T>>,
}

impl<T> Send<'_, T> {
    /// The same error, with the item, which was not sent.
    fn with_item(&mut self, error: SendError<()>) -> SendError<T> {
        let item = self.item.take().expect("it was not sent");
        match error {
            SendError::Closed(()) => SendError::Closed(item),
            SendError::Interrupted((), why) => SendError::Interrupted(item, why),
        }
    }
}

/// How an item is sent through a channel without room.
fn give<T>(pipe: &Pipe<T>, when: When) -> Option<Give<'_, T>> {
    Some(Give::new(pipe.rendezvous.as_ref()?, when))
}

/// Lets the caller give the item; notes who does.
fn serve_give<T>(
    (pipe, give): (&Pipe<T>, &mut Give<'_, T>),
    item: &mut Option<T>,
    kernel: &mut Kernel,
    caller: Tid,
) -> Answer<Result<(), SendError<()>>> {
    pipe.sent_last.set(Some(caller));
    match give.serve(item, kernel, caller, &pipe.senders) {
        Some(answer) => Answer::Done(answer),
        None => {
            pipe.received_last.note_in(&pipe.senders);
            Answer::Wait
        }
    }
}

/// Lets the caller wait in line.
fn join<T>(pipe: &Pipe<T>, item: Option<T>, kernel: &mut Kernel, caller: Tid) -> u64 {
    pipe.received_last.note_in(&pipe.senders);
    kernel.park(caller, &pipe.senders);
    pipe.join(item, From::Task(caller, kernel.poster()))
}

impl<T> SystemCall for Send<'_, T> {
    type Reply = Result<(), SendError<T>>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if let Some(give) = &mut self.give {
            return match serve_give((self.pipe, give), &mut self.item, kernel, caller) {
                Answer::Done(sent) => Answer::Done(sent.map_err(|error| self.with_item(error))),
                Answer::Wait => Answer::Wait,
            };
        }
        let Some(place) = self.place else {
            // It had been tried before the call: there is no room.
            self.place = Some(join(self.pipe, self.item.take(), kernel, caller));
            return Answer::Wait;
        };
        let pipe = self.pipe;
        if pipe.is_granted(place) {
            return Answer::Done(Ok(()));
        }
        if pipe.is_closed() {
            let item = pipe.withdraw(place).expect("the item lies in the line");
            return Answer::Done(Err(SendError::Closed(item)));
        }
        kernel.park(caller, &pipe.senders);
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        if let Some(give) = &mut self.give {
            let sent = give.abandon(&mut self.item, kernel, why);
            return sent.map_err(|error| self.with_item(error));
        }
        let Some(place) = self.place else {
            let item = self.item.take().expect("it was not sent");
            return Err(SendError::Interrupted(item, why));
        };
        let pipe = self.pipe;
        if pipe.is_granted(place) {
            kernel.was_granted();
            return Ok(());
        }
        let item = pipe.withdraw(place).expect("the item lies in the line");
        Err(SendError::Interrupted(item, why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Send({})", self.pipe.senders)
    }
}

/// Sends an item that stays where it is until it is sent: for a branch of a select.
pub(super) struct Sending<'p, T> {
    pipe: &'p Pipe<T>,
    item: &'p mut Option<T>,
    place: Option<u64>,
    /// How it is sent instead, if the channel has no room.
    give: Option<Give<'p, T>>,
}

impl<'p, T> Sending<'p, T> {
    pub(super) fn new(pipe: &'p Pipe<T>, item: &'p mut Option<T>) -> Self {
        Self {
            pipe,
            item,
            place: None,
            give: give(pipe, When::AtOnce),
        }
    }

    fn begin(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Result<(), SendError<()>>> {
        self.pipe.sent_last.set(Some(caller));
        let item = self.item.take().expect("there was an item to send");
        match self.pipe.put(item) {
            Ok(()) => return Answer::Done(Ok(())),
            Err(TrySendError::Closed(item)) => {
                *self.item = Some(item);
                return Answer::Done(Err(SendError::Closed(())));
            }
            Err(TrySendError::Full(item)) => *self.item = Some(item),
        }
        self.place = Some(join(self.pipe, None, kernel, caller));
        Answer::Wait
    }

    fn withdraw(&mut self) {
        if let Some(place) = self.place.take() {
            self.pipe.withdraw(place);
        }
    }
}

impl<T> SystemCall for Sending<'_, T> {
    type Reply = Result<(), SendError<()>>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if let Some(give) = &mut self.give {
            return serve_give((self.pipe, give), self.item, kernel, caller);
        }
        let Some(place) = self.place else {
            return self.begin(kernel, caller);
        };
        let pipe = self.pipe;
        if pipe.is_closed() {
            self.withdraw();
            return Answer::Done(Err(SendError::Closed(())));
        }
        if pipe.put_as_first(place, self.item) {
            self.place = None;
            return Answer::Done(Ok(()));
        }
        kernel.park(caller, &pipe.senders);
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        if let Some(give) = &mut self.give {
            return give.abandon(self.item, kernel, why);
        }
        self.withdraw();
        Err(SendError::Interrupted((), why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Send({})", self.pipe.senders)
    }
}
