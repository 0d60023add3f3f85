//! System calls of the test's own, around those of the library.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coros::syscall::NewTask;
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

/// `NewTask`, which notes the child's number before anybody runs.
pub struct Birth<F> {
    pub asked: NewTask<F>,
    pub world: Rc<World>,
    pub number: Rc<Cell<u64>>,
}

impl<F: FnOnce() + 'static> SystemCall for Birth<F> {
    type Reply = Tid;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Tid> {
        let answer = self.asked.serve(kernel, caller);
        if let Answer::Done(tid) = answer {
            self.number.set(tid.number());
            self.world.is_born(tid);
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
