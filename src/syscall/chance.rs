//! The calls that draw by lot, from the scheduler's seed.

use std::fmt;

use crate::kernel::{Answer, Kernel, SystemCall, Tid};
use crate::shown::described;

/// Draws a number, each as likely as any other, from the stream that the scheduler's seed gives its
/// programs.
///
/// ```
/// use coros::syscall::Random;
/// use coros::{Scheduler, call};
///
/// let draw = || {
///     let mut sched = Scheduler::builder().seed(7).build();
///     let drawn = sched.spawn(|| call(Random) % 6 + 1);
///     sched.run().unwrap();
///     drawn.join().unwrap()
/// };
/// assert_eq!(draw(), draw(), "one seed, one die");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Random;

impl SystemCall for Random {
    type Reply = u64;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<u64> {
        Answer::Done(kernel.chance().random())
    }

    fn describe_reply(reply: &u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(reply, out)
    }
}

/// Asks whether a fault happens here that happens once in so many times; never, if that is 0.
///
/// For programs that try out what they do when something fails. It has a stream of its own, so that asking
/// for faults changes nothing else that is drawn.
///
/// ```
/// use coros::{call, run, syscall::Fault};
/// assert!(run(|| call(Fault::once_in(1))).unwrap());
/// assert!(!run(|| call(Fault::once_in(0))).unwrap());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault(u32);

impl Fault {
    /// The question for a fault that happens once in `times`.
    #[must_use]
    pub fn once_in(times: u32) -> Self {
        Self(times)
    }
}

impl SystemCall for Fault {
    type Reply = bool;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<bool> {
        Answer::Done(kernel.chance().has_fault(self.0))
    }

    described!(self => "Fault(1 in {})", self.0);

    fn describe_reply(reply: &bool, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match reply {
            true => "it happens",
            false => "none",
        })
    }
}
