//! The calls about time.

use std::fmt;
use std::time::{Duration, Instant};

use super::task::describe_result;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid};
use crate::shown::described;

/// Asks what time it is on the scheduler's clock, which may be a virtual one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Now;

impl SystemCall for Now {
    type Reply = Instant;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Instant> {
        Answer::Done(kernel.now())
    }
}

/// Waits until the duration has passed; others run meanwhile.
///
/// Even a sleep of no length lets every ready task have its turn. One that is longer than the clock
/// can count, about five centuries, ends when the clock does.
///
/// ```
/// use std::time::Duration;
/// use coros::syscall::{Now, Sleep};
/// use coros::{Clock, Scheduler, call};
///
/// let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
/// let slept = sched.spawn(|| {
///     let before = call(Now);
///     call(Sleep(Duration::from_secs(3600))).unwrap();
///     call(Now) - before
/// });
/// sched.run().unwrap();
/// assert_eq!(slept.join().unwrap(), Duration::from_secs(3600));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sleep(pub Duration);

impl SystemCall for Sleep {
    type Reply = Result<(), Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        sleep(kernel, caller, |kernel| kernel.wake_after(caller, self.0))
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }

    described!(self => "Sleep({:?})", self.0);

    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe_result(reply, "slept", out)
    }
}

/// Waits until a moment has come; one that is past is come already. See [`Sleep`].
#[derive(Clone, Copy, Debug)]
pub struct SleepUntil(pub Instant);

impl SystemCall for SleepUntil {
    type Reply = Result<(), Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        sleep(kernel, caller, |kernel| kernel.wake_at(caller, self.0))
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }

    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe_result(reply, "slept", out)
    }
}

/// Sets a timer once, then waits for it, whatever else may wake the caller.
fn sleep(
    kernel: &mut Kernel,
    caller: Tid,
    set_timer: impl FnOnce(&mut Kernel),
) -> Answer<Result<(), Interrupted>> {
    if kernel.is_due(caller) {
        return Answer::Done(Ok(()));
    }
    if kernel.deadline(caller).is_none() {
        set_timer(kernel);
    }
    Answer::Wait
}
