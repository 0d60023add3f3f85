//! Waiting together: all that wait are woken at once, and each looks for itself.

use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, WaitList};
use crate::shown::described;

/// Parks the caller on a list until it finds something there.
///
/// The whole list is woken at a time, so there is no wake that would have to be passed on.
pub(crate) struct Together<'l, F> {
    verb: &'static str,
    list: &'l WaitList,
    look: F,
}

impl<'l, F> Together<'l, F> {
    /// By its verb reports name the call; `look` is told whether the caller was woken.
    pub(crate) fn new(verb: &'static str, list: &'l WaitList, look: F) -> Self {
        Self { verb, list, look }
    }
}

impl<R, E, F> SystemCall for Together<'_, F>
where
    E: From<Interrupted>,
    F: FnMut(bool) -> Option<Result<R, E>>,
{
    type Reply = Result<R, E>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if let Some(found) = (self.look)(kernel.woken(caller)) {
            return Answer::Done(found);
        }
        kernel.park(caller, self.list);
        Answer::Wait
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why.into())
    }

    described!(self => "{}({})", self.verb, self.list);
}
