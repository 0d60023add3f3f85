//! Waiting for other threads: as a task, which waits alone, or as a thread, which is blocked.

use std::fmt;

use super::sleeper::{Sleeper, ThreadParker, spin};
use crate::kernel::{Answer, Interrupted, Kernel, Remote, SystemCall, Tid, call, outside};
use crate::machine::inside_task;

/// Something that other threads bring about.
pub(super) trait Awaited {
    type Reply;

    /// What it is called in reports.
    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Whether it seems to have come about: a glance that costs nothing, so that one may look often.
    fn seems_so(&self) -> bool;

    /// Looks whether it has come about. If not, a sleeper lies where the thread that brings it about will find
    /// it: the one that lies there since the last look, or a new one.
    fn look(&mut self, sleeper: impl FnOnce() -> Sleeper) -> Option<Self::Reply>;

    /// The wait is broken off: nothing has happened.
    fn give_up(&mut self, why: Interrupted) -> Self::Reply;
}

/// Waits until it has come about.
#[track_caller]
pub(super) fn wait_for<A: Awaited>(awaited: A) -> A::Reply {
    match inside_task() {
        true => call(Waiting(awaited)),
        false => block(awaited),
    }
}

fn block<A: Awaited>(mut awaited: A) -> A::Reply {
    let parker = ThreadParker::own();
    spin(|| awaited.seems_so());
    loop {
        if let Some(reply) = awaited.look(|| Sleeper::Thread(parker.clone())) {
            return reply;
        }
        parker.sleep();
    }
}

/// The call of a task that waits for another thread.
pub(super) struct Waiting<A>(pub(super) A);

impl<A: Awaited> SystemCall for Waiting<A> {
    type Reply = A::Reply;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        outside::spin(kernel, || self.0.seems_so());
        let sleeper = || match Remote::of(kernel) {
            Ok(remote) => Sleeper::Task(remote, caller),
            Err(error) => panic!("no other thread can wake this one: {error}"),
        };
        match self.0.look(sleeper) {
            Some(reply) => Answer::Done(reply),
            None => Answer::Wait,
        }
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        self.0.give_up(why)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(out)
    }
}
