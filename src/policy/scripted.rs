//! As a script says.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::fifo::Fifo;
use crate::kernel::{Pick, Policy, Runnable, SchedParams, Tid};

/// The tasks whose numbers are in a list, one a pick; after the list, first in, first out.
///
/// To run again what went wrong once, or to force an order. A task that is in the list, but not ready
/// when its pick comes, is picked all the same: the kernel says which, and goes on without the policy.
///
/// ```
/// use coros::{Scheduler, policy::Scripted, yield_now};
///
/// let mut sched = Scheduler::builder().policy(Scripted::new([2, 2, 1])).build();
/// sched.spawn(yield_now);
/// sched.spawn(yield_now);
/// let mut order = Vec::new();
/// while let Some(step) = sched.step().unwrap() {
///     order.push(step.tid.number());
/// }
/// assert_eq!(order, [2, 2, 1, 1]);
/// ```
pub struct Scripted {
    script: VecDeque<u64>,
    /// Those that ever were there: one that has ended is picked by its own name too.
    tasks: BTreeMap<u64, Tid>,
    ready: Fifo,
}

impl Scripted {
    /// The policy, with this list of task numbers.
    #[must_use]
    pub fn new(script: impl IntoIterator<Item = u64>) -> Self {
        Self {
            script: script.into_iter().collect(),
            tasks: BTreeMap::new(),
            ready: Fifo::new(),
        }
    }
}

impl Policy for Scripted {
    fn name(&self) -> Cow<'static, str> {
        "scripted".into()
    }

    fn admit(&mut self, task: Tid, _: &SchedParams, _: Duration) {
        self.tasks.insert(task.number(), task);
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration) {
        self.tasks.insert(task.number(), task);
        self.ready.enqueue(task, why, now);
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.dequeue(task);
    }

    fn pick(&mut self, now: Duration) -> Option<Pick> {
        if self.ready.is_empty() {
            return None;
        }
        let Some(number) = self.script.pop_front() else {
            return self.ready.pick(now);
        };
        let task = self.tasks.get(&number).copied().unwrap_or(Tid::NONE);
        self.ready.dequeue(task);
        Some(Pick { task, slice: None })
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
