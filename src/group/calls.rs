//! The calls of a group: a new member, and the next that has ended.

use std::fmt;
use std::rc::Rc;

use super::members::{Member, Members};
use crate::kernel::{Answer, Interrupted, Kernel, SpawnError, SystemCall, Tid, Traits, target};

/// Why there is no new member.
pub(super) enum NotAdded {
    Closed,
    NoStack(SpawnError),
}

/// Asks for a new member.
pub(super) struct Add<'g, F> {
    pub(super) members: &'g Members,
    pub(super) member: Rc<Member>,
    pub(super) new: Option<(Traits, F)>,
}

impl<F: FnOnce() + 'static> SystemCall for Add<'_, F> {
    type Reply = Result<Tid, NotAdded>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        let place = self.members.place();
        if self.members.is_closed() || !kernel.may_guard(place.guardian) {
            return Answer::Done(Err(NotAdded::Closed));
        }
        let (traits, body) = self.new.take().expect("a call is answered once");
        Answer::Done(match kernel.spawn(traits, body) {
            Ok(tid) => {
                kernel.entrust(tid, place.guardian);
                self.member.is_born(tid);
                Ok(tid)
            }
            // A destructor must not panic: it gets the handle of a task that there never was.
            Err(error) if std::thread::panicking() => {
                log::error!(target: target::TASK, "while unwinding: {error}");
                Err(NotAdded::Closed)
            }
            Err(error) => Err(NotAdded::NoStack(error)),
        })
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("NewTask")
    }
}

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

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("NextEnded")
    }
}
