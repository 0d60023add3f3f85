//! The call that receives.

use std::fmt;

use super::error::RecvError;
use super::pipe::Pipe;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid};
use crate::queue::Take;

/// Waits for an item, or for the end of the channel.
pub(super) struct Receive<'p, T, F> {
    pipe: &'p Pipe<T>,
    take: Take<'p, F>,
}

/// Receives from a channel.
pub(super) fn receive<T>(
    pipe: &Pipe<T>,
) -> Receive<'_, T, impl FnMut(Tid) -> Option<Result<T, RecvError>>> {
    let take = move |caller| {
        let item = pipe.take();
        pipe.received_last.set(Some(caller));
        item.map(Ok)
            .or_else(|| pipe.is_over().then_some(Err(RecvError::Closed)))
    };
    Receive {
        pipe,
        take: Take::new(&pipe.receivers, take),
    }
}

impl<T, F> SystemCall for Receive<'_, T, F>
where
    F: FnMut(Tid) -> Option<Result<T, RecvError>>,
{
    type Reply = Result<T, RecvError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let answer = self.take.serve(kernel, caller);
        if let Answer::Wait = answer {
            self.pipe.sent_last.note_in(&self.pipe.receivers.list);
            if self.pipe.capacity() == Some(0) {
                // The receiver that waits now may be what a sender waits for.
                self.pipe.call_next_sender();
            }
        }
        answer
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.take.abandon(kernel, caller);
        Err(RecvError::Interrupted(why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Receive({})", self.pipe.receivers.list)
    }
}
