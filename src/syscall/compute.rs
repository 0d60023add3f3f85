//! The calls about CPU time: computing, and holding up all tasks.

use std::fmt;
use std::time::Duration;

use super::task::describe_result;
use crate::kernel::{
    Answer, Interrupted, Kernel, NoSuchTask, Policy, SchedParams, SystemCall, Tid, cpus,
};
use crate::shown::described;

/// Needs the CPU for so long.
///
/// In virtual time the caller is on one of the simulated [CPUs](crate::kernel::SchedulerBuilder::cpus)
/// meanwhile, as others are on the others; the [policy](crate::kernel::Policy) may take it off at the end
/// of a slice, or for a more urgent task, and it goes on later. In real time it burns CPU time, a
/// millisecond at most at a time, and others have their turns in between.
///
/// If it is interrupted, the rest is not computed. A wake does not disturb it.
///
/// # Panics
///
/// As a branch of a [`select!`](crate::select!): the task that selects waits, and uses no CPU meanwhile.
///
/// ```
/// use std::time::Duration;
/// use coros::syscall::{Compute, Now};
/// use coros::{Clock, Scheduler, call};
///
/// let mut sched = Scheduler::builder().clock(Clock::Virtual).cpus(2).build();
/// for _ in 0..4 {
///     sched.spawn(|| call(Compute(Duration::from_secs(1))).unwrap());
/// }
/// let start = sched.now();
/// sched.run().unwrap();
/// assert_eq!(sched.now() - start, Duration::from_secs(2), "four seconds of work on two CPUs");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Compute(pub Duration);

impl SystemCall for Compute {
    type Reply = Result<(), Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        match cpus::compute(kernel, caller, &mut self.0) {
            true => Answer::Done(Ok(())),
            false => Answer::Wait,
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        cpus::stop_computing(kernel, caller);
        Err(why)
    }

    described!(self => "Compute({:?})", self.0);

    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe_result(reply, "computed", out)
    }
}

/// Blocks the whole loop for so long: no task has a turn meanwhile, no timer goes off.
///
/// It stands for what must not be done in a task, such as `std::thread::sleep`, and shows what comes of
/// it. In virtual time the clock jumps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block(pub Duration);

impl SystemCall for Block {
    type Reply = ();

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<()> {
        kernel.block(self.0);
        Answer::Done(())
    }

    described!(self => "Block({:?})", self.0);
}

/// Puts another scheduling policy in force, from the next pick on.
///
/// ```
/// use coros::syscall::SetPolicy;
/// use coros::{call, policy::Fifo, run};
///
/// run(|| call(SetPolicy::to(Fifo::new()))).unwrap();
/// ```
pub struct SetPolicy(Option<Box<dyn Policy>>);

impl SetPolicy {
    /// The call for this policy.
    #[must_use]
    pub fn to(policy: impl Policy + 'static) -> Self {
        Self(Some(Box::new(policy)))
    }
}

impl SystemCall for SetPolicy {
    type Reply = ();

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<()> {
        if let Some(policy) = self.0.take() {
            kernel.set_policy(policy);
        }
        Answer::Done(())
    }
}

/// Lets a task claim something else from the policy from now on: another weight, say.
///
/// The reply is an error if the task has ended or is another scheduler's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetParams(pub Tid, pub SchedParams);

impl SystemCall for SetParams {
    type Reply = Result<(), NoSuchTask>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        Answer::Done(kernel.set_params(self.0, self.1.clone()))
    }

    described!(self => "SetParams({})", self.0);
}
