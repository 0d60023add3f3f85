//! The arms of a select: calls of different types, nested as pairs, or many of one type.

use std::fmt;

use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid};
use crate::shown::described;

/// A call among several, and its reply if it is the one.
#[doc(hidden)]
pub struct Arm<C: SystemCall> {
    call: C,
    reply: Option<C::Reply>,
    waits: bool,
}

impl<C: SystemCall> Arm<C> {
    pub fn new(call: C) -> Self {
        Self {
            call,
            reply: None,
            waits: false,
        }
    }

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> bool {
        match self.call.serve(kernel, caller) {
            Answer::Done(reply) => {
                self.waits = false;
                self.reply = Some(reply);
            }
            Answer::Wait => self.waits = true,
        }
        self.reply.is_some()
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) {
        if std::mem::take(&mut self.waits) {
            kernel.leave(caller);
            let reply = self.call.abandon(kernel, caller, why);
            if kernel.take_granted() {
                self.reply = Some(reply);
            }
        }
    }
}

/// Which of nested arms was answered, and the reply.
#[doc(hidden)]
pub enum Chosen<T, L> {
    This(T),
    Later(L),
}

/// No arm at all.
#[doc(hidden)]
pub enum Nothing {}

/// Some arms, each known by its place.
#[doc(hidden)]
pub trait Arms {
    type Chosen;
    fn count(&self) -> usize;
    fn serve(&mut self, at: usize, kernel: &mut Kernel, caller: Tid) -> bool;
    fn abandon(&mut self, at: usize, kernel: &mut Kernel, caller: Tid, why: Interrupted);
    fn take(&mut self, at: usize) -> Option<Self::Chosen>;
    /// What is chosen if no arm is answered at once; nothing, if that is to be waited for.
    fn otherwise(&self) -> Option<Self::Chosen> {
        None
    }
    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Arms for () {
    type Chosen = Nothing;

    fn count(&self) -> usize {
        0
    }

    fn serve(&mut self, _: usize, _: &mut Kernel, _: Tid) -> bool {
        false
    }

    fn abandon(&mut self, _: usize, _: &mut Kernel, _: Tid, _: Interrupted) {}

    fn take(&mut self, _: usize) -> Option<Nothing> {
        None
    }

    fn describe(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// No arm, but what is chosen if none of those before is answered at once.
#[doc(hidden)]
pub struct Otherwise;

impl Arms for Otherwise {
    type Chosen = ();

    fn count(&self) -> usize {
        0
    }

    fn serve(&mut self, _: usize, _: &mut Kernel, _: Tid) -> bool {
        false
    }

    fn abandon(&mut self, _: usize, _: &mut Kernel, _: Tid, _: Interrupted) {}

    fn take(&mut self, _: usize) -> Option<()> {
        None
    }

    fn otherwise(&self) -> Option<()> {
        Some(())
    }

    described!(self => "default");
}

impl<C: SystemCall, L: Arms> Arms for (Arm<C>, L) {
    type Chosen = Chosen<C::Reply, L::Chosen>;

    fn count(&self) -> usize {
        1 + self.1.count()
    }

    fn serve(&mut self, at: usize, kernel: &mut Kernel, caller: Tid) -> bool {
        match at {
            0 => self.0.serve(kernel, caller),
            at => self.1.serve(at - 1, kernel, caller),
        }
    }

    fn abandon(&mut self, at: usize, kernel: &mut Kernel, caller: Tid, why: Interrupted) {
        match at {
            0 => self.0.abandon(kernel, caller, why),
            at => self.1.abandon(at - 1, kernel, caller, why),
        }
    }

    fn take(&mut self, at: usize) -> Option<Self::Chosen> {
        match at {
            0 => self.0.reply.take().map(Chosen::This),
            at => self.1.take(at - 1).map(Chosen::Later),
        }
    }

    fn otherwise(&self) -> Option<Self::Chosen> {
        self.1.otherwise().map(Chosen::Later)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.call.describe(out)?;
        if self.1.count() > 0 || self.1.otherwise().is_some() {
            out.write_str(" or ")?;
        }
        self.1.describe(out)
    }
}

impl<C: SystemCall> Arms for Vec<Arm<C>> {
    type Chosen = (usize, C::Reply);

    fn count(&self) -> usize {
        self.len()
    }

    fn serve(&mut self, at: usize, kernel: &mut Kernel, caller: Tid) -> bool {
        self[at].serve(kernel, caller)
    }

    fn abandon(&mut self, at: usize, kernel: &mut Kernel, caller: Tid, why: Interrupted) {
        self[at].abandon(kernel, caller, why);
    }

    fn take(&mut self, at: usize) -> Option<Self::Chosen> {
        self[at].reply.take().map(|reply| (at, reply))
    }

    described!(self => "one of {}", self.len());
}
