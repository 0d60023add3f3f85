//! Time as programs use it. Floor 3, on calls only.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, call};
use crate::syscall::{Now, Sleep, SleepUntil};

pub use crate::devices::Clock;

/// Waits until the duration has passed; see [`Sleep`].
///
/// # Errors
///
/// If the wait was broken off before its time.
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use std::time::Duration;
/// coros::run(|| coros::sleep(Duration::from_millis(1)).unwrap()).unwrap();
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Result<(), Interrupted> {
    call(Sleep(duration))
}

/// Waits until a moment has come, on the scheduler's clock; see [`SleepUntil`].
///
/// # Errors
///
/// If the wait was broken off before its time.
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use std::time::Duration;
/// use coros::{call, run, sleep_until, syscall::Now};
///
/// run(|| {
///     let soon = call(Now) + Duration::from_millis(1);
///     sleep_until(soon).unwrap();
///     assert!(call(Now) >= soon);
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn sleep_until(at: Instant) -> Result<(), Interrupted> {
    call(SleepUntil(at))
}

/// Ticks once in every period, the first time at once.
///
/// # Panics
///
/// If the period is zero, and outside a task.
///
/// ```
/// use std::time::Duration;
/// use coros::{Clock, Scheduler, interval, sleep};
///
/// let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
/// let ticked = sched.spawn(|| {
///     let mut heart = interval(Duration::from_secs(1));
///     let first = heart.tick().unwrap();
///     sleep(Duration::from_millis(700)).unwrap();
///     heart.tick().unwrap() - first
/// });
/// sched.run().unwrap();
/// assert_eq!(ticked.join().unwrap(), Duration::from_secs(1));
/// ```
#[must_use]
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(call(Now), period)
}

/// Ticks once in every period, the first time at `start`.
///
/// # Panics
///
/// If the period is zero.
#[must_use]
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(
        !period.is_zero(),
        "an interval needs a period above zero: it would tick for ever at one moment"
    );
    Interval {
        name: None,
        period,
        next: start,
        missed: MissedTick::default(),
    }
}

/// When an interval ticks that comes too late, since its task was busy. (These are tokio's ways.)
///
/// ```text
///   due      1     2     3     4     5     6     7
///             ├─── busy ─────────┤
///   Burst    1                   234 5     6     7           what was missed follows at once
///   Delay    1                    2     3     4     5        a period from the late tick to the next
///   Skip     1                    2  5     6     7           what was missed is left out
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum MissedTick {
    /// Ticks as often as it should have, without a pause, until it has caught up.
    #[default]
    Burst,
    /// Ticks a period after the late tick, and goes on from there.
    Delay,
    /// Ticks when the next is due that is still to come.
    Skip,
}

/// Ticks once in every period; made by [`interval`] and [`interval_at`].
#[derive(Debug)]
pub struct Interval {
    name: Option<Arc<str>>,
    period: Duration,
    /// When the next tick is due.
    next: Instant,
    missed: MissedTick,
}

impl Interval {
    /// How late a tick may be and count as in time: no clock is exact, and a delay of so little would
    /// add up. (tokio allows as much.)
    const SLACK: Duration = Duration::from_millis(5);

    /// The same interval, which deals with late ticks in this way.
    #[must_use]
    pub fn missed(mut self, missed: MissedTick) -> Self {
        self.missed = missed;
        self
    }

    /// The same interval, which traces and reports call by this name.
    ///
    /// ```
    /// use std::time::Duration;
    /// use coros::{Scheduler, interval};
    ///
    /// let mut sched = Scheduler::new();
    /// sched.spawn(|| interval(Duration::from_secs(60)).named("heartbeat").tick());
    /// sched.step().unwrap(); // asks what time it is
    /// sched.step().unwrap();
    /// let waits_in = sched.tasks().next().unwrap().waits_in;
    /// assert_eq!(waits_in.unwrap(), "Tick('heartbeat', 60s)");
    /// ```
    #[must_use]
    pub fn named(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// How long it is from one tick to the next.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Waits for the next tick; says when it was due. Every ready task has its turn before, however
    /// late the tick is.
    ///
    /// # Errors
    ///
    /// If the wait was broken off. The tick did not happen: the next call waits for the same one.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn tick(&mut self) -> Result<Instant, Interrupted> {
        call(self.ticking())
    }

    /// The call that [`tick`](Self::tick) makes: to be yielded, or raced against others.
    pub fn ticking(&mut self) -> impl SystemCall<Reply = Result<Instant, Interrupted>> {
        let sleep = SleepUntil(self.next);
        Ticking(self, sleep)
    }

    /// Lets the next tick be due a period from now.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn reset(&mut self) {
        self.next = after(call(Now), self.period);
    }

    /// When a tick is due after the one that happens now.
    fn following(&self, now: Instant) -> Instant {
        let late = now.saturating_duration_since(self.next);
        if late <= Self::SLACK.min(self.period) {
            return after(self.next, self.period);
        }
        match self.missed {
            MissedTick::Burst => after(self.next, self.period),
            MissedTick::Delay => after(now, self.period),
            MissedTick::Skip => after(now, self.period - remainder(late, self.period)),
        }
    }
}

/// A moment so much later; if no clock can count that far, one that no program lives to see.
fn after(moment: Instant, duration: Duration) -> Instant {
    let centuries = Duration::from_nanos(u64::MAX);
    moment.checked_add(duration).unwrap_or(moment + centuries)
}

/// What is left of a duration when whole periods are taken out.
fn remainder(duration: Duration, period: Duration) -> Duration {
    let left = duration.as_nanos() % period.as_nanos();
    // Without loss: what is left of a delay is below five centuries.
    Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))
}

/// Waits for the next tick, and counts it when it comes.
struct Ticking<'i>(&'i mut Interval, SleepUntil);

impl SystemCall for Ticking<'_> {
    type Reply = Result<Instant, Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        match self.1.serve(kernel, caller) {
            Answer::Wait => Answer::Wait,
            Answer::Done(_) => {
                let due = self.0.next;
                self.0.next = self.0.following(kernel.now());
                Answer::Done(Ok(due))
            }
        }
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.name {
            Some(name) => write!(out, "Tick('{name}', {:?})", self.0.period),
            None => write!(out, "Tick({:?})", self.0.period),
        }
    }
}
