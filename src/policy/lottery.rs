//! Lottery scheduling.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::meter::weighted_patience;
use super::tickets::Tickets;
use crate::devices::Entropy;
use crate::kernel::{Pick, Policy, Runnable, SchedParams, Tid};

/// A lottery for each quantum, in which a ready task has as many tickets as its [weight](SchedParams::weight)
/// (Waldspurger and Weihl, 1994).
///
/// The winning ticket is the draw modulo the number of tickets in the lottery; they are counted in the
/// order of the tasks' numbers.
///
/// ```
/// use coros::{Builder, Scheduler, kernel::SchedParams, policy::Lottery};
///
/// // 100 tickets: the first task has the first 75, the second one the rest.
/// let policy = Lottery::with_draws([80, 110], 7);
/// let mut sched = Scheduler::builder().policy(policy).build();
/// for tickets in [75, 25] {
///     let claim = SchedParams::new().weight(tickets);
///     sched.spawn_with(Builder::new().claim(claim), coros::yield_now).unwrap();
/// }
/// assert_eq!(sched.step().unwrap().unwrap().tid.number(), 2);
/// assert_eq!(sched.step().unwrap().unwrap().tid.number(), 1);
/// ```
pub struct Lottery {
    quantum: Duration,
    draws: VecDeque<u64>,
    entropy: Entropy,
    weights: BTreeMap<Tid, u32>,
    ready: Tickets,
}

impl Lottery {
    /// The policy, with draws from this seed and a quantum of 10 ms.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_draws([], seed)
    }

    /// The policy with these draws, and others from the seed when they are used up.
    #[must_use]
    pub fn with_draws(draws: impl IntoIterator<Item = u64>, seed: u64) -> Self {
        Self {
            quantum: super::QUANTUM,
            draws: draws.into_iter().collect(),
            entropy: super::draws(seed),
            weights: BTreeMap::new(),
            ready: Tickets::default(),
        }
    }

    /// Sets the quantum of CPU time that a winner has; less than a microsecond counts as one.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> Self {
        self.quantum = super::positive(quantum);
        self
    }

    fn tickets(&self, task: Tid) -> u64 {
        let weight = self.weights.get(&task).copied();
        u64::from(weight.unwrap_or(SchedParams::WEIGHT))
    }
}

impl Policy for Lottery {
    fn name(&self) -> Cow<'static, str> {
        "lottery".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        self.weights.insert(task, claim.weight.max(1));
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.ready.insert(task, self.tickets(task));
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let tickets = self.ready.total();
        if tickets == 0 {
            return None;
        }
        let draw = self.draws.pop_front();
        let draw = draw.unwrap_or_else(|| self.entropy.next());
        let task = self.ready.take(draw % tickets)?;
        let slice = Some(self.quantum);
        Some(Pick { task, slice })
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        self.admit(task, claim, now);
        if self.ready.has(task) {
            self.ready.insert(task, self.tickets(task));
        }
    }

    fn retire(&mut self, task: Tid) {
        self.weights.remove(&task);
    }

    fn explain(&self, task: Tid) -> String {
        let (tickets, all) = (self.tickets(task), self.ready.total());
        format!("{tickets} of {all} tickets")
    }

    fn patience(&self) -> Option<u64> {
        Some(weighted_patience(self.ready.total(), self.quantum))
    }
}
