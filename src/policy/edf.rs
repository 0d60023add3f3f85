//! Earliest deadline first.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use super::ranks::Ranks;
use crate::kernel::{Pick, Policy, Runnable, Running, SchedParams, Tid};

/// Earliest deadline first (Liu and Layland, 1973): it preempts, and on one CPU it meets all deadlines
/// that can be met.
///
/// A task's deadline is the one of its last [release](SchedParams::release): at its arrival, and, if it claims
/// a period, whenever it wakes. Only an earlier deadline preempts. Among ready ones with the same deadline
/// the lowest number is next; those without a deadline come last. Under overload it may starve any task.
///
/// ```
/// use std::time::Duration;
/// use coros::{Builder, Scheduler, kernel::SchedParams, policy::Edf};
///
/// let mut sched = Scheduler::builder().policy(Edf::new()).build();
/// let due = |seconds| Builder::new().claim(SchedParams::new().deadline(Duration::from_secs(seconds)));
/// sched.spawn_with(due(9), || {}).unwrap();
/// let first = sched.spawn_with(due(5), || {}).unwrap();
/// assert_eq!(sched.step().unwrap().unwrap().tid, first.tid());
/// ```
#[derive(Default)]
pub struct Edf {
    tasks: BTreeMap<Tid, Released>,
    ready: Ranks<Duration>,
}

struct Released {
    claim: SchedParams,
    arrival: Duration,
    /// When its work is to be done; never, if it said nothing.
    deadline: Duration,
}

impl Released {
    fn release(&mut self, now: Duration) {
        let (_, deadline) = self.claim.release(self.arrival, now);
        self.deadline = deadline.unwrap_or(Duration::MAX);
    }
}

impl Edf {
    /// The policy.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn deadline(&self, task: Tid) -> Duration {
        let known = self.tasks.get(&task);
        known.map_or(Duration::MAX, |task| task.deadline)
    }
}

impl Policy for Edf {
    fn name(&self) -> Cow<'static, str> {
        "edf".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        let mut released = Released {
            claim: claim.clone(),
            arrival: now,
            deadline: Duration::MAX,
        };
        released.release(now);
        self.tasks.insert(task, released);
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration) {
        if let (Runnable::Woken, Some(known)) = (why, self.tasks.get_mut(&task)) {
            known.release(now);
        }
        self.ready.insert(task, self.deadline(task));
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let (_, task) = self.ready.take_first()?;
        Some(Pick { task, slice: None })
    }

    fn preempt(&mut self, running: &[Running], _: Duration) -> Option<Tid> {
        let (earliest, _) = self.ready.first()?;
        let deadline = |on: &Running| (self.deadline(on.task), on.task);
        let (latest, last) = running.iter().map(deadline).max()?;
        (earliest < latest).then_some(last)
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        if let Some(known) = self.tasks.get_mut(&task) {
            known.claim = claim.clone();
            known.release(now);
        }
        if self.ready.key(task).is_some() {
            self.ready.insert(task, self.deadline(task));
        }
    }

    fn retire(&mut self, task: Tid) {
        self.tasks.remove(&task);
    }

    fn explain(&self, task: Tid) -> String {
        match self.deadline(task) {
            Duration::MAX => "no deadline".to_owned(),
            deadline => format!("due at {deadline:?}"),
        }
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
