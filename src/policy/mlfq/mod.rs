//! The multi-level feedback queue.

use std::borrow::Cow;
use std::time::Duration;

use super::meter::LEAST;
use crate::devices::nanoseconds;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, Running, Tid};

mod levels;

use levels::{FREE_TURNS, Levels};

/// What a wait does to what a task has left of its quantum and its allotment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnWait {
    /// Nothing: what was used before a wait stays used.
    #[default]
    Keep,
    /// Both are new, less one quantum if the wait begins exactly when a slice ends: that slice is used up,
    /// so a task whose allotment is one quantum sinks. One that waits just before the end of its slice stays
    /// up for ever, which is what the total allotment was invented against.
    Renew,
}

/// The multi-level feedback queue (Corbató, 1962), by the five rules of *Operating Systems: Three Easy
/// Pieces* and in the order of its simulator.
///
/// 1. The higher queue goes first, and takes the CPU away from lower ones.
/// 2. Tasks in the same queue go round robin.
/// 3. A task starts in the top queue, which is level 0.
/// 4. When it has used up its allotment there, however often it waited meanwhile, it goes one level down.
/// 5. Every now and then all go to the top, the lowest queue first.
///
/// A running task stands at the head of its queue, and one that was preempted goes on standing there,
/// with what is left of its quantum. At one moment, slices that are over go to the tails first, then
/// comes the boost, then what arrives or wakes.
///
/// ```
/// use std::time::Duration;
/// use coros::{Scheduler, policy::Mlfq};
///
/// let policy = Mlfq::new()
///     .queues(4)
///     .quantum(Duration::from_millis(5))
///     .boost(Duration::from_secs(1));
/// let mut sched = Scheduler::builder().policy(policy).build();
/// sched.spawn(coros::yield_now);
/// let step = sched.step().unwrap().unwrap();
/// assert_eq!(step.candidates[0].key, "level 0, 5ms left");
/// ```
pub struct Mlfq {
    levels: Levels,
    boost: Option<Duration>,
    next_boost: Duration,
    on_wait: OnWait,
}

impl Default for Mlfq {
    fn default() -> Self {
        Self::new()
    }
}

impl Mlfq {
    /// The policy: 3 queues, a quantum of 10 ms in each, as much allotment, and no boost.
    #[must_use]
    pub fn new() -> Self {
        Self {
            levels: Levels::new(3, super::QUANTUM),
            boost: None,
            next_boost: Duration::ZERO,
            on_wait: OnWait::Keep,
        }
    }

    /// Sets how many queues there are; 0 counts as 1.
    #[must_use]
    pub fn queues(mut self, queues: usize) -> Self {
        self.levels.count = queues.max(1);
        self
    }

    /// Sets the CPU time after which a task goes to the tail of its queue; less than a microsecond counts as one.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> Self {
        self.levels.quantum = super::positive(quantum);
        self
    }

    /// Sets the CPU time after which a task goes one level down, instead of one quantum; less
    /// than a microsecond counts as one.
    #[must_use]
    pub fn allotment(mut self, allotment: Duration) -> Self {
        self.levels.allotment = Some(super::positive(allotment));
        self
    }

    /// Moves all tasks to the top at each multiple of this time; less than a microsecond counts as one.
    #[must_use]
    pub fn boost(mut self, every: Duration) -> Self {
        let every = super::positive(every);
        self.boost = Some(every);
        self.next_boost = every;
        self
    }

    /// Sets what a wait does to quantum and allotment.
    #[must_use]
    pub fn on_wait(mut self, on_wait: OnWait) -> Self {
        self.on_wait = on_wait;
        self
    }
}

impl Policy for Mlfq {
    fn name(&self) -> Cow<'static, str> {
        "mlfq".into()
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        let mut job = self.levels.job(task);
        if !std::mem::take(&mut job.keeps) {
            job.standing.1 = self.levels.tail();
        }
        self.levels.jobs.insert(task, job);
        self.levels.ready.insert(job.standing, task);
    }

    fn dequeue(&mut self, task: Tid) {
        let standing = self.levels.job(task).standing;
        self.levels.ready.remove(&standing);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let (_, task) = self.levels.ready.pop_first()?;
        let job = self.levels.job(task);
        self.levels.jobs.insert(task, job);
        let slice = Some(job.slice());
        Some(Pick { task, slice })
    }

    fn stopped(&mut self, task: Tid, why: OffCpu, used: Duration, _: Duration) {
        let mut job = self.levels.job(task);
        let used = job.price(self.levels.meter.settle(task, used));
        if why == OffCpu::Blocked && self.on_wait == OnWait::Renew {
            self.levels.renew_for_wait(&mut job, used);
        } else {
            let over = self.levels.charge(&mut job, used);
            job.keeps = !over && !why.is_voluntary();
        }
        self.levels.jobs.insert(task, job);
    }

    fn preempt(&mut self, running: &[Running], _: Duration) -> Option<Tid> {
        let (first, _) = self.levels.ready.first_key_value()?;
        let standing = |on: &Running| (self.levels.job(on.task).standing, on.task);
        let (last, task) = running.iter().map(standing).max()?;
        (*first < last).then_some(task)
    }

    fn tick(&mut self, running: &[Running], now: Duration) -> Option<Duration> {
        let every = self.boost?;
        if now >= self.next_boost {
            self.levels.boost(running);
            let over = Duration::from_nanos(nanoseconds(now) % nanoseconds(every));
            self.next_boost = (now - over).saturating_add(every);
        }
        Some(self.next_boost)
    }

    fn retire(&mut self, task: Tid) {
        self.levels.jobs.remove(&task);
    }

    fn explain(&self, task: Tid) -> String {
        let job = self.levels.job(task);
        format!("level {}, {:?} left", job.standing.0, job.slice())
    }

    fn patience(&self) -> Option<u64> {
        let turns = |time: Duration| nanoseconds(time) / nanoseconds(LEAST);
        let boost = turns(self.boost?).saturating_mul(16);
        // Until then all other tasks may go all the way down, in turns of the least charge.
        let allotment = self.levels.allotment.unwrap_or(self.levels.quantum);
        let stays = (self.levels.jobs.len() as u64).saturating_mul(self.levels.count as u64);
        let stays = turns(allotment)
            .max(u64::from(FREE_TURNS))
            .saturating_mul(stays);
        Some(stays.saturating_add(boost).max(100_000))
    }
}
