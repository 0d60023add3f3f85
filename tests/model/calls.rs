//! System calls of the test's own, around those of the library.

use std::rc::Rc;
use std::time::Duration;

use coros::syscall::{NewTask, Park, Sleep, WaitError, WaitTask};
use coros::{Answer, Interrupted, Kernel, SystemCall, Tid};

use crate::world::World;

/// A call that tells when it was answered, too.
pub struct Timed<'w, C> {
    pub asked: C,
    pub world: &'w World,
}

impl<C: SystemCall> SystemCall for Timed<'_, C> {
    type Reply = (C::Reply, Duration);

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let time = self.world.time(kernel);
        match self.asked.serve(kernel, caller) {
            Answer::Done(reply) => Answer::Done((reply, time)),
            Answer::Wait => Answer::Wait,
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        let time = self.world.time(kernel);
        (self.asked.abandon(kernel, caller, why), time)
    }
}

/// A wait whose reply is words, so that waits of all kinds are of one type.
pub enum Wait<'w> {
    Park(Park<'w>),
    Sleep(Sleep),
    Exit(WaitTask),
}

impl SystemCall for Wait<'_> {
    type Reply = String;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<String> {
        match self {
            Self::Park(park) => spell(park.serve(kernel, caller), waited),
            Self::Sleep(sleep) => spell(sleep.serve(kernel, caller), waited),
            Self::Exit(wait) => spell(wait.serve(kernel, caller), |seen| match seen {
                Ok(exit) => exit.to_string(),
                Err(WaitError::NoSuchTask(_)) => "no such task".into(),
                Err(WaitError::WaitsForItself(_)) => "itself".into(),
                Err(other) => other.to_string(),
            }),
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> String {
        let words = in_words(&why);
        match self {
            Self::Park(park) => drop(park.abandon(kernel, caller, why)),
            Self::Sleep(sleep) => drop(sleep.abandon(kernel, caller, why)),
            Self::Exit(wait) => drop(wait.abandon(kernel, caller, why)),
        }
        words
    }
}

fn spell<R>(answer: Answer<R>, words: impl FnOnce(R) -> String) -> Answer<String> {
    match answer {
        Answer::Done(reply) => Answer::Done(words(reply)),
        Answer::Wait => Answer::Wait,
    }
}

fn waited(reply: Result<(), Interrupted>) -> String {
    reply.map_or_else(|why| in_words(&why), |()| "over".into())
}

pub fn in_words(why: &Interrupted) -> String {
    let by = why.by().map(|by| format!(" by {by}")).unwrap_or_default();
    let reason = why.reason().map(|reason| format!(" {reason}"));
    format!("{:?}{by}{}", why.why(), reason.unwrap_or_default())
}

/// `NewTask`, which lets all know of the child before anybody runs.
pub struct Birth<F> {
    pub asked: NewTask<F>,
    pub world: Rc<World>,
}

impl<F: FnOnce() + 'static> SystemCall for Birth<F> {
    type Reply = Tid;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Tid> {
        let answer = self.asked.serve(kernel, caller);
        if let Answer::Done(tid) = answer {
            self.world.is_known(tid);
        }
        answer
    }
}

/// Wakes a task from whatever it waits for.
pub struct Nudge(pub Tid);

impl SystemCall for Nudge {
    type Reply = bool;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<bool> {
        Answer::Done(kernel.wake(self.0))
    }
}
