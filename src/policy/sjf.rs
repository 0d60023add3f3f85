//! Shortest job first.

use std::borrow::Cow;
use std::time::Duration;

use super::bursts::Bursts;
use super::ranks::Ranks;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, SchedParams, Tid};

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
#[derive(Default)]
pub struct Sjf {
    bursts: Bursts,
    ready: Ranks<Duration>,
}

impl Sjf {
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
}

impl Policy for Sjf {
    fn name(&self) -> Cow<'static, str> {
        "sjf".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        self.bursts.claim(task, claim);
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.ready.insert(task, self.bursts.length(task));
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

    fn set_params(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        self.bursts.claim(task, claim);
        if self.ready.key(task).is_some() {
            self.ready.insert(task, self.bursts.length(task));
        }
    }

    fn retire(&mut self, task: Tid) {
        self.bursts.retire(task);
    }

    fn explain(&self, task: Tid) -> String {
        let (surety, length) = (self.bursts.surety(task), self.bursts.length(task));
        format!("{surety}{length:?} long")
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
