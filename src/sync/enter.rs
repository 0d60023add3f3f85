//! The call that locks are waited for with.

use std::fmt;

use super::error::LockError;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid};
use crate::queue::{Queue, Take};

/// Waits for a lock: gets at once what needs no queue, an error or a second hold; the rest in turn.
pub(super) struct Enter<'l, A, F> {
    verb: &'static str,
    queue: &'l Queue,
    /// What the caller gets whoever queues, if anything. Asked once.
    at_once: Option<A>,
    in_turn: Take<'l, F>,
}

impl<'l, G, A, F> Enter<'l, A, F>
where
    A: FnOnce(Tid) -> Option<Result<G, LockError>>,
    F: FnMut(Tid) -> Option<Result<G, LockError>>,
{
    pub(super) fn new(verb: &'static str, queue: &'l Queue, at_once: A, in_turn: F) -> Self {
        Self {
            verb,
            queue,
            at_once: Some(at_once),
            in_turn: Take::new(queue, in_turn),
        }
    }
}

impl<G, A, F> SystemCall for Enter<'_, A, F>
where
    A: FnOnce(Tid) -> Option<Result<G, LockError>>,
    F: FnMut(Tid) -> Option<Result<G, LockError>>,
{
    type Reply = Result<G, LockError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if let Some(at_once) = self.at_once.take()
            && let Some(reply) = at_once(caller)
        {
            return Answer::Done(reply);
        }
        self.in_turn.serve(kernel, caller)
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.in_turn.abandon(kernel, caller);
        Err(LockError::Interrupted(why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}({})", self.verb, self.queue.list)
    }
}
