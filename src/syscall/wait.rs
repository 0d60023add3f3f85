//! The calls about wait lists: park and wake.

use std::fmt;

use super::task::describe_result;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, WaitList};
use crate::shown::described;

/// Waits on a list until it is the caller's turn to be woken.
///
/// A wake is for those who are parked when it happens; the list remembers none. What makes the
/// waiting worthwhile, a condition, is the caller's to check, before and after.
#[derive(Clone, Copy, Debug)]
pub struct Park<'l>(pub &'l WaitList);

impl SystemCall for Park<'_> {
    type Reply = Result<(), Interrupted>;

    #[inline(always)]
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if kernel.woken(caller) {
            return Answer::Done(Ok(()));
        }
        kernel.park(caller, self.0);
        Answer::Wait
    }

    /// The kernel takes the caller off the list; a wake granted before is passed on.
    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        if kernel.woken(caller) {
            kernel.wake_one(self.0);
        }
        Err(why)
    }

    described!(self => "Park({})", self.0);

    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe_result(reply, "woken", out)
    }
}

/// Wakes the task that has been parked on a list longest, and says which one that is.
///
/// On a list of another scheduler's tasks it wakes no task. [`WaitList::wake_one`] wakes there too, and
/// without suspending the caller, but cannot say which task.
#[derive(Clone, Copy, Debug)]
pub struct WakeOne<'l>(pub &'l WaitList);

impl SystemCall for WakeOne<'_> {
    type Reply = Option<Tid>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Option<Tid>> {
        Answer::Done(kernel.wake_one(self.0))
    }

    described!(self => "WakeOne({})", self.0);
}

/// Wakes all who are parked on a list, in their order, and says how many.
#[derive(Clone, Copy, Debug)]
pub struct WakeAll<'l>(pub &'l WaitList);

impl SystemCall for WakeAll<'_> {
    type Reply = usize;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<usize> {
        Answer::Done(kernel.wake_all(self.0))
    }

    described!(self => "WakeAll({})", self.0);

    fn describe_reply(reply: &usize, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{reply} woken")
    }
}
