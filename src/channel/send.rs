//! The calls that send.

use std::fmt;

use super::error::{SendError, TrySendError};
use super::line::From;
use super::pipe::Pipe;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid};

/// Sends an item, and waits for it to be taken in: by the channel, or by a receiver if that has no room.
pub(super) struct Send<'p, T> {
    pipe: &'p Pipe<T>,
    /// Until it is sent or lies in the line.
    item: Option<T>,
    place: Option<u64>,
}

impl<'p, T> Send<'p, T> {
    pub(super) fn new(pipe: &'p Pipe<T>, item: T) -> Self {
        Self {
            pipe,
            item: Some(item),
            place: None,
        }
    }

    fn begin(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Result<(), SendError<T>>> {
        let item = self.item.take().expect("a call is answered once");
        let is_rendezvous = self.pipe.capacity() == Some(0);
        let refused = match self.pipe.is_closed() {
            true => Err(TrySendError::Closed(item)),
            // Even if a receiver waits: only when it has taken the item is the item sent.
            false if is_rendezvous => Err(TrySendError::Full(item)),
            false => self.pipe.put(item),
        };
        self.pipe.sent_last.set(Some(caller));
        match refused {
            Ok(()) => Answer::Done(Ok(())),
            Err(TrySendError::Closed(item)) => Answer::Done(Err(SendError::Closed(item))),
            Err(TrySendError::Full(item)) => {
                self.place = Some(join(self.pipe, Some(item), kernel, caller));
                Answer::Wait
            }
        }
    }
}

/// Lets the caller wait in line.
fn join<T>(pipe: &Pipe<T>, item: Option<T>, kernel: &mut Kernel, caller: Tid) -> u64 {
    pipe.received_last.note_in(&pipe.line.list);
    kernel.park(caller, &pipe.line.list);
    pipe.join(item, From::Task)
}

impl<T> SystemCall for Send<'_, T> {
    type Reply = Result<(), SendError<T>>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let Some(place) = self.place else {
            return self.begin(kernel, caller);
        };
        let pipe = self.pipe;
        pipe.line.come(kernel, caller);
        if pipe.is_granted(place) {
            pipe.told();
            return Answer::Done(Ok(()));
        }
        if pipe.is_closed() {
            let item = pipe.withdraw(place).expect("the item lies in the line");
            return Answer::Done(Err(SendError::Closed(item)));
        }
        pipe.line.wait_on(kernel, caller);
        pipe.call_next_sender();
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        let Some(place) = self.place else {
            let item = self.item.take().expect("it was not sent");
            return Err(SendError::Interrupted(item, why));
        };
        let pipe = self.pipe;
        pipe.line.come(kernel, caller);
        if pipe.is_granted(place) {
            pipe.told();
            kernel.was_granted();
            return Ok(());
        }
        let item = pipe.withdraw(place).expect("the item lies in the line");
        Err(SendError::Interrupted(item, why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Send({})", self.pipe.line.list)
    }
}

/// Sends an item that stays where it is until it is sent: for a branch of a select.
pub(super) struct Sending<'p, T> {
    pipe: &'p Pipe<T>,
    item: &'p mut Option<T>,
    place: Option<u64>,
}

impl<'p, T> Sending<'p, T> {
    pub(super) fn new(pipe: &'p Pipe<T>, item: &'p mut Option<T>) -> Self {
        Self {
            pipe,
            item,
            place: None,
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
        let Some(place) = self.place else {
            return self.begin(kernel, caller);
        };
        let pipe = self.pipe;
        pipe.line.come(kernel, caller);
        if pipe.is_closed() {
            self.withdraw();
            return Answer::Done(Err(SendError::Closed(())));
        }
        if pipe.put_as_first(place, self.item) {
            self.place = None;
            return Answer::Done(Ok(()));
        }
        pipe.line.wait_on(kernel, caller);
        pipe.call_next_sender();
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.pipe.line.come(kernel, caller);
        self.withdraw();
        Err(SendError::Interrupted((), why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Send({})", self.pipe.line.list)
    }
}
