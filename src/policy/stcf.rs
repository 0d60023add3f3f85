//! Shortest time to completion first.

use std::borrow::Cow;
use std::time::Duration;

use super::bursts::Bursts;
use super::ranks::Ranks;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, Running, SchedParams, Tid};

/// Shortest time to completion first: [`Sjf`](super::Sjf) that counts what is left, and preempts.
///
/// What is left is the [claimed](SchedParams::burst) burst less all CPU time that the task has used; without a
/// claim, the guess less what it has used since it waited last. A running task makes room as soon as a
/// ready one has less left; one that has as much left is no reason to switch. Among ready ones that have
/// as much left, the one with the lowest number is next.
#[derive(Default)]
pub struct Stcf {
    bursts: Bursts,
    ready: Ranks<Duration>,
}

impl Stcf {
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

    fn left(&self, task: Tid) -> Duration {
        self.bursts.left(task, Duration::ZERO)
    }
}

impl Policy for Stcf {
    fn name(&self) -> Cow<'static, str> {
        "stcf".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        self.bursts.claim(task, claim);
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.ready.insert(task, self.left(task));
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
        let (least, _) = self.ready.first()?;
        let left = |on: &Running| (self.bursts.left(on.task, on.used), on.task);
        let (most, last) = running.iter().map(left).max()?;
        (least < most).then_some(last)
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        self.bursts.claim(task, claim);
        if self.ready.key(task).is_some() {
            self.ready.insert(task, self.left(task));
        }
    }

    fn retire(&mut self, task: Tid) {
        self.bursts.retire(task);
    }

    fn explain(&self, task: Tid) -> String {
        format!("{}{:?} left", self.bursts.surety(task), self.left(task))
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
