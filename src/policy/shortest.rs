//! The shortest first: by whole bursts, or by what is left of them.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::time::Duration;

use super::bursts::Bursts;
use super::ranks::Ranks;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, Running, SchedParams, Tid};

/// Shortest job first: the task with the shortest burst, for as long as it likes.
///
/// A burst is as long as the task [claims](SchedParams::burst). Without a claim it is guessed: each time the
/// task waits, the guess becomes the mean of itself and of the CPU time that the task has used since it
/// waited last (an exponential average with α = 1/2). Equal ones: the lowest number first. Long jobs may
/// starve, which is what it is known for.
///
/// ```
/// use std::time::Duration;
/// use coros::{Builder, Scheduler, kernel::SchedParams, policy::Sjf};
///
/// let mut sched = Scheduler::builder().policy(Sjf::new()).build();
/// let claiming = |seconds| Builder::new().claim(SchedParams::new().burst(Duration::from_secs(seconds)));
/// sched.spawn_with(claiming(100), || {}).unwrap();
/// let short = sched.spawn_with(claiming(10), || {}).unwrap();
/// assert_eq!(sched.step().unwrap().unwrap().tid, short.tid());
/// ```
pub type Sjf = Shortest<Whole>;

/// Shortest time to completion first: [`Sjf`] that counts what is left, and preempts.
///
/// What is left is the [claimed](SchedParams::burst) burst less all CPU time that the task has used; without a
/// claim, the guess less what it has used since it waited last. A running task makes room as soon as a
/// ready one has less left; one that has as much left is no reason to switch. Among ready ones that have
/// as much left, the one with the lowest number is next.
pub type Stcf = Shortest<Left>;

/// The task that is shortest by this measure comes first: [`Sjf`] and [`Stcf`].
pub struct Shortest<M> {
    bursts: Bursts,
    ready: Ranks<Duration>,
    measure: PhantomData<M>,
}

/// What is compared of bursts.
pub trait Measure {
    /// What the policy is called.
    const NAME: &'static str;
    /// What stands behind a length, in words.
    const IS: &'static str;
    /// Whether a ready task that is shorter takes a CPU away.
    const PREEMPTS: bool;

    /// A task's, which has used so much since it has its CPU.
    fn of(bursts: &Bursts, task: Tid, used: Duration) -> Duration;
}

/// How long a burst is as a whole.
pub enum Whole {}

impl Measure for Whole {
    const NAME: &'static str = "sjf";
    const IS: &'static str = "long";
    const PREEMPTS: bool = false;

    fn of(bursts: &Bursts, task: Tid, _: Duration) -> Duration {
        bursts.length(task)
    }
}

/// What is left of a burst.
pub enum Left {}

impl Measure for Left {
    const NAME: &'static str = "stcf";
    const IS: &'static str = "left";
    const PREEMPTS: bool = true;

    fn of(bursts: &Bursts, task: Tid, used: Duration) -> Duration {
        bursts.left(task, used)
    }
}

impl<M: Measure> Default for Shortest<M> {
    fn default() -> Self {
        Self {
            bursts: Bursts::default(),
            ready: Ranks::default(),
            measure: PhantomData,
        }
    }
}

impl<M: Measure> Shortest<M> {
    /// The policy, which guesses 10 ms at first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the guess at the first burst of a task that claims none.
    #[must_use]
    pub fn first_guess(mut self, guess: Duration) -> Self {
        self.bursts.first = guess;
        self
    }

    fn length(&self, task: Tid) -> Duration {
        M::of(&self.bursts, task, Duration::ZERO)
    }
}

impl<M: Measure> Policy for Shortest<M> {
    fn name(&self) -> Cow<'static, str> {
        M::NAME.into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        self.bursts.claim(task, claim);
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.ready.insert(task, self.length(task));
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let (_, task) = self.ready.take_first()?;
        Some(Pick { task, slice: None })
    }

    fn stopped(&mut self, task: Tid, why: OffCpu, used: Duration, _: Duration) {
        self.bursts.stopped(task, why, used);
    }

    fn preempt(&mut self, running: &[Running], _: Duration) -> Option<Tid> {
        let (least, _) = self.ready.first().filter(|_| M::PREEMPTS)?;
        let left = |on: &Running| (M::of(&self.bursts, on.task, on.used), on.task);
        let (most, last) = running.iter().map(left).max()?;
        (least < most).then_some(last)
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        self.bursts.claim(task, claim);
        if self.ready.key(task).is_some() {
            self.ready.insert(task, self.length(task));
        }
    }

    fn retire(&mut self, task: Tid) {
        self.bursts.retire(task);
    }

    fn explain(&self, task: Tid) -> String {
        let (surety, length) = (self.bursts.surety(task), self.length(task));
        format!("{surety}{length:?} {}", M::IS)
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
