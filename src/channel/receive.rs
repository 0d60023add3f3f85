//! The call that receives.

use super::error::RecvError;
use super::pipe::Pipe;
use super::reach::{Channel, Receives};
use super::rendezvous::Get;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, call};
use crate::queue::{Queue, Take, Want};
use crate::shown::described;

/// Waits for an item, or for the end of the channel.
struct Receive<'p, T> {
    pipe: &'p Pipe<T>,
    way: Way<'p, T>,
}

/// Where the item comes from.
enum Way<'p, T> {
    Channel(Take<Item<'p, T>>),
    Sender(Get<'p, T>),
}

impl<T> Receives<T> for Pipe<T> {
    #[inline]
    fn take_at_once(&self) -> Option<T> {
        // What is there while tasks wait is for one that was called. In a rendezvous none is: its own line
        // is looked at.
        if self.receivers.is_calling() {
            return None;
        }
        let item = self.take()?;
        self.received_last.set(Tid::running());
        Some(item)
    }

    fn recv(&self) -> Result<T, RecvError> {
        call(Receive::by(Take::late, self))
    }

    fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        Receive::by(Take::new, self)
    }
}

impl<'p, T> Receive<'p, T> {
    fn by(take: impl FnOnce(Item<'p, T>) -> Take<Item<'p, T>>, pipe: &'p Pipe<T>) -> Self {
        let way = match &pipe.rendezvous {
            None => Way::Channel(take(Item(pipe))),
            Some(rendezvous) => Way::Sender(Get::new(rendezvous)),
        };
        Self { pipe, way }
    }
}

/// What a task queues for at a channel that has room: an item, or word that none comes any more.
struct Item<'p, T>(&'p Pipe<T>);

impl<T> Want for Item<'_, T> {
    type Got = T;
    type Error = RecvError;

    fn queue(&self) -> &Queue {
        &self.0.receivers
    }

    fn take(&mut self, caller: Option<Tid>) -> Option<Result<T, RecvError>> {
        let item = self.0.take();
        self.0.received_last.set(caller);
        let over = || self.0.is_over().then_some(Err(RecvError::Closed));
        item.map(Ok).or_else(over)
    }

    fn is_some_left(&self) -> bool {
        self.0.is_closed() || self.0.len() > 0
    }

    described!(self => "Receive({})", self.0.receivers.list);
}

impl<T> SystemCall for Receive<'_, T> {
    type Reply = Result<T, RecvError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let list = &self.pipe.receivers.list;
        let answer = match &mut self.way {
            Way::Channel(take) => take.serve(kernel, caller),
            Way::Sender(get) => match get.serve(kernel, caller, list) {
                Some(answer) => {
                    self.pipe.received_last.set(Some(caller));
                    Answer::Done(answer)
                }
                None => Answer::Wait,
            },
        };
        if let Answer::Wait = answer {
            self.pipe.sent_last.note_in(list);
        }
        answer
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        match &mut self.way {
            Way::Channel(take) => take.abandon(kernel, caller, why),
            Way::Sender(get) => get.abandon(kernel, why),
        }
    }

    described!(self => "Receive({})", self.pipe.receivers.list);
}
