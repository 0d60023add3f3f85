//! What a scheduling policy is: it says which ready task is next, and for how long.
//!
//! ```text
//!   admit ──▶ (known) ── enqueue ──▶ ready ── pick ──▶ on a CPU ── stopped ──▶ (known) ── retire ──▶
//!                ▲                     │ dequeue                      │
//!                └─────────────────────┘ (it was killed)              └─ enqueue, if it goes on
//! ```

use std::borrow::Cow;
use std::time::Duration;

use super::sched_params::SchedParams;
use super::tid::Tid;

/// Why a task is put into the run queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Runnable {
    /// It has just arrived.
    New,
    /// Its call was answered, which ended its turn.
    Answered,
    /// It waited, and was woken or interrupted.
    Woken,
    /// It computes, and its slice is over.
    SliceOver,
    /// It computes, and another one took its CPU: [`Policy::preempt`].
    Preempted,
    /// The policy is new, and finds it ready.
    Handed,
}

/// Why a task is no more on a CPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OffCpu {
    /// Its call was answered, which ended its turn; it is enqueued next.
    Answered,
    /// It waits.
    Blocked,
    /// It computes, and its slice is over; it is enqueued next.
    SliceOver,
    /// It computes, and another one takes its CPU; it is enqueued next.
    Preempted,
    /// It has ended; it is retired next.
    Ended,
}

impl OffCpu {
    /// Whether it went of its own accord: it asked for something, or ended.
    #[must_use]
    pub fn is_voluntary(self) -> bool {
        matches!(self, Self::Answered | Self::Blocked | Self::Ended)
    }
}

/// What [`Policy::pick`] decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pick {
    /// Who is next: a task that is ready.
    pub task: Tid,
    /// How much CPU time it may use before it has to queue again; as much as it likes, if none.
    pub slice: Option<Duration>,
}

/// A task that is on a CPU, and computes there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Running {
    /// Who.
    pub task: Tid,
    /// Where.
    pub cpu: u32,
    /// The CPU time that it has used since it was picked.
    pub used: Duration,
}

/// Says which ready task is next, and for how long.
///
/// The kernel tells it of everything that it needs, in the order in which it happens, and asks whenever
/// a CPU is free. Times are counted from the scheduler's start. A policy sees names and claims of tasks
/// and nothing else; it decides by these and by what it is told alone, so that runs can be repeated.
///
/// One that picks a task that is not ready, that picks none though one is ready, that panics, or
/// that lets a ready task wait longer than its own [patience](Self::patience) is thrown out: the kernel
/// logs the reason as an error, and goes on first in, first out.
///
/// ```
/// use std::borrow::Cow;
/// use std::time::Duration;
/// use coros::{Scheduler, Tid, call, kernel::{Pick, Policy, Runnable}, syscall::GetTid};
///
/// /// Last in, first out.
/// #[derive(Default)]
/// struct Stack(Vec<Tid>);
///
/// impl Policy for Stack {
///     fn name(&self) -> Cow<'static, str> {
///         "stack".into()
///     }
///     fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
///         self.0.push(task);
///     }
///     fn dequeue(&mut self, task: Tid) {
///         self.0.retain(|ready| *ready != task);
///     }
///     fn pick(&mut self, _: Duration) -> Option<Pick> {
///         self.0.pop().map(|task| Pick { task, slice: None })
///     }
/// }
///
/// let mut sched = Scheduler::builder().policy(Stack::default()).build();
/// sched.spawn(|| call(GetTid));
/// let second = sched.spawn(|| call(GetTid));
/// assert_eq!(sched.step().unwrap().unwrap().tid, second.tid());
/// ```
pub trait Policy {
    /// What messages call it.
    fn name(&self) -> Cow<'static, str>;

    /// A task comes under this policy. It is not ready yet. One that is on a CPU when the policy is put in
    /// force stays there: the policy hears of it next when it is [stopped](Self::stopped).
    fn admit(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        let _ = (task, claim, now);
    }

    /// A task is ready: it may be picked from now on.
    fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration);

    /// A task that was ready is so no more, and was not picked: it is killed.
    fn dequeue(&mut self, task: Tid);

    /// Takes the task that is next out of the ready ones; `None` if there is none.
    fn pick(&mut self, now: Duration) -> Option<Pick>;

    /// A task that was picked is no more on its CPU, having used so much CPU time since it was picked.
    fn stopped(&mut self, task: Tid, why: OffCpu, used: Duration, now: Duration) {
        let _ = (task, why, used, now);
    }

    /// Which of the running tasks has to make room for a ready one; asked while no CPU is free, whenever
    /// something has changed, until it says none.
    fn preempt(&mut self, running: &[Running], now: Duration) -> Option<Tid> {
        let _ = (running, now);
        None
    }

    /// Time has passed; says when it wants to be told so next, at the latest. Told after slices that end
    /// at this moment, and before wakes and arrivals.
    fn tick(&mut self, running: &[Running], now: Duration) -> Option<Duration> {
        let _ = (running, now);
        None
    }

    /// A task claims something else from now on. It may be ready, running or neither.
    fn set_params(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        let _ = (task, claim, now);
    }

    /// Whether it lets holders inherit, so that it wants to be told by [`inherit`](Self::inherit).
    fn inherits(&self) -> bool {
        false
    }

    /// Who waits for what others hold, as pairs of waiter and holder: all there are now. Told whenever
    /// that has changed, if it [inherits](Self::inherits).
    fn inherit(&mut self, loans: &[(Tid, Tid)]) {
        let _ = loans;
    }

    /// A task is no more under this policy. It is not ready.
    fn retire(&mut self, task: Tid) {
        let _ = task;
    }

    /// The keys of a task by which it is compared with others, in words: the reason for a pick. Asked only
    /// while turns are observed or logged; the line of a turn in the log ends with that of its task.
    fn explain(&self, task: Tid) -> String {
        let _ = task;
        String::new()
    }

    /// How many picks a ready task may have to wait; `None` for a policy that means to starve.
    fn patience(&self) -> Option<u64> {
        Some(100_000)
    }
}

impl<P: Policy + ?Sized> Policy for Box<P> {
    fn name(&self) -> Cow<'static, str> {
        (**self).name()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        (**self).admit(task, claim, now);
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration) {
        (**self).enqueue(task, why, now);
    }

    fn dequeue(&mut self, task: Tid) {
        (**self).dequeue(task);
    }

    fn pick(&mut self, now: Duration) -> Option<Pick> {
        (**self).pick(now)
    }

    fn stopped(&mut self, task: Tid, why: OffCpu, used: Duration, now: Duration) {
        (**self).stopped(task, why, used, now);
    }

    fn preempt(&mut self, running: &[Running], now: Duration) -> Option<Tid> {
        (**self).preempt(running, now)
    }

    fn tick(&mut self, running: &[Running], now: Duration) -> Option<Duration> {
        (**self).tick(running, now)
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        (**self).set_params(task, claim, now);
    }

    fn inherits(&self) -> bool {
        (**self).inherits()
    }

    fn inherit(&mut self, loans: &[(Tid, Tid)]) {
        (**self).inherit(loans);
    }

    fn retire(&mut self, task: Tid) {
        (**self).retire(task);
    }

    fn explain(&self, task: Tid) -> String {
        (**self).explain(task)
    }

    fn patience(&self) -> Option<u64> {
        (**self).patience()
    }
}

/// A policy that is to be in force from the next pick on.
pub(in crate::kernel) struct WantedPolicy(pub(in crate::kernel) Box<dyn Policy>);
