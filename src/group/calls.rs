//! The call of a group: the next member that has ended.

use super::members::Members;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid};
use crate::shown::described;

/// Waits for the next member to end.
pub(super) struct NextEnded<'g>(pub(super) &'g Members);

impl SystemCall for NextEnded<'_> {
    type Reply = Result<Option<Tid>, Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        match self.0.next_ended() {
            Ok(ended) => Answer::Done(Ok(ended)),
            Err(()) => {
                kernel.park(caller, self.0.next());
                Answer::Wait
            }
        }
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }

    described!(self => "NextEnded");
}
