//! The call that receives.

use std::fmt;

use super::error::RecvError;
use super::pipe::Pipe;
use super::reach::{Channel, Receives};
use super::rendezvous::Get;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, call};
use crate::queue::Take;

/// Waits for an item, or for the end of the channel.
struct Receive<'p, T, F> {
    pipe: &'p Pipe<T>,
    way: Way<'p, T, F>,
}

/// Where the item comes from.
enum Way<'p, T, F> {
    Channel(Take<'p, F>),
    Sender(Get<'p, T>),
}

impl<T> Receives<T> for Pipe<T> {
    #[inline]
    fn take_at_once(&self) -> Option<T> {
        if !self.receivers.is_empty() {
            return None; // In a rendezvous no task stands there: its own line is looked at.
        }
        let item = self.take()?;
        self.received_last.set(Tid::running());
        Some(item)
    }

    fn recv(&self) -> Result<T, RecvError> {
        call(self.receiving())
    }

    fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        let take = move |caller| {
            let item = self.take();
            self.received_last.set(Some(caller));
            item.map(Ok)
                .or_else(|| self.is_over().then_some(Err(RecvError::Closed)))
        };
        Receive {
            pipe: self,
            way: match &self.rendezvous {
                None => Way::Channel(Take::new(&self.receivers, take)),
                Some(rendezvous) => Way::Sender(Get::new(rendezvous)),
            },
        }
    }
}

impl<T, F> SystemCall for Receive<'_, T, F>
where
    F: FnMut(Tid) -> Option<Result<T, RecvError>>,
{
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
            Way::Channel(take) => take.abandon(kernel, caller),
            Way::Sender(get) => return get.abandon(kernel, why),
        }
        Err(RecvError::Interrupted(why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Receive({})", self.pipe.receivers.list)
    }
}
