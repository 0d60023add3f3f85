//! Stride scheduling.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::meter::{LEAST, weighted_patience};
use super::ranks::Ranks;
use crate::devices::nanoseconds;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, SchedParams, Tid};

/// How far a task with one ticket strides in a quantum.
const ONE: u128 = 10_000;

/// The fraction of a pass is kept in so many bits.
const FRACTION: u32 = 32;

/// A lottery without luck: the task with the lowest pass, which then goes up by the task's stride, 10,000
/// divided by its [tickets](SchedParams::weight); equal ones: the lowest number (Waldspurger, 1995).
///
/// Who uses a part of its quantum strides by that part. A task that arrives, or comes back from a wait,
/// starts at the lowest pass there is, if its own is lower: no task saves up what it did not use.
pub struct Stride {
    quantum: Duration,
    tasks: BTreeMap<Tid, Runner>,
    ready: Ranks<u128>,
    /// The lowest pass there was at the last pick.
    lowest: u128,
    /// The tickets of all ready tasks.
    tickets: u64,
}

#[derive(Clone, Copy)]
struct Runner {
    tickets: u32,
    pass: u128,
}

impl Runner {
    /// One that claims nothing.
    const ANY: Self = Self {
        tickets: SchedParams::WEIGHT,
        pass: 0,
    };
}

impl Default for Stride {
    fn default() -> Self {
        Self::new()
    }
}

impl Stride {
    /// The policy, with a quantum of 10 ms.
    #[must_use]
    pub fn new() -> Self {
        Self {
            quantum: super::QUANTUM,
            tasks: BTreeMap::new(),
            ready: Ranks::default(),
            lowest: 0,
            tickets: 0,
        }
    }

    /// Sets the quantum of CPU time; less than a microsecond counts as one.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> Self {
        self.quantum = super::positive(quantum);
        self
    }

    fn runner(&self, task: Tid) -> Runner {
        self.tasks.get(&task).copied().unwrap_or(Runner::ANY)
    }

    fn leave(&mut self, task: Tid) {
        self.tickets -= u64::from(self.runner(task).tickets);
    }
}

impl Policy for Stride {
    fn name(&self) -> Cow<'static, str> {
        "stride".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        self.tasks.insert(task, Runner::ANY);
        self.set_params(task, claim, now);
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, _: Duration) {
        let lowest = match why {
            Runnable::New | Runnable::Woken | Runnable::Handed => self.lowest,
            _ => 0,
        };
        let runner = self.tasks.entry(task).or_insert(Runner::ANY);
        runner.pass = runner.pass.max(lowest);
        self.tickets += u64::from(runner.tickets);
        self.ready.insert(task, runner.pass);
    }

    fn dequeue(&mut self, task: Tid) {
        if self.ready.remove(task).is_some() {
            self.leave(task);
        }
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let (pass, task) = self.ready.take_first()?;
        self.leave(task);
        self.lowest = self.lowest.max(pass);
        let slice = Some(self.quantum);
        Some(Pick { task, slice })
    }

    fn stopped(&mut self, task: Tid, _: OffCpu, used: Duration, _: Duration) {
        if let Some(runner) = self.tasks.get_mut(&task) {
            let stride = (ONE << FRACTION) / u128::from(runner.tickets);
            let [used, quantum] = [used.max(LEAST), self.quantum].map(nanoseconds);
            runner.pass += stride * u128::from(used) / u128::from(quantum);
        }
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        let tickets = claim.weight.max(1);
        let Some(runner) = self.tasks.get_mut(&task) else {
            return;
        };
        let before = std::mem::replace(&mut runner.tickets, tickets);
        if self.ready.key(task).is_some() {
            self.tickets = self.tickets + u64::from(tickets) - u64::from(before);
        }
    }

    fn retire(&mut self, task: Tid) {
        self.tasks.remove(&task);
    }

    fn explain(&self, task: Tid) -> String {
        format!("pass {}", self.runner(task).pass >> FRACTION)
    }

    fn patience(&self) -> Option<u64> {
        Some(weighted_patience(self.tickets, self.quantum))
    }
}
