//! Round robin.

use std::borrow::Cow;
use std::time::Duration;

use super::fifo::Fifo;
use crate::kernel::{Pick, Policy, Runnable, Tid};

/// First in, first out, each for one quantum at most; then to the tail.
///
/// What arrives or wakes at the moment at which a quantum ends queues before the task whose quantum it
/// was.
///
/// ```
/// use std::time::Duration;
/// use coros::{Clock, Scheduler, call, policy::RoundRobin, syscall::Compute};
///
/// let second = Duration::from_secs(1);
/// let policy = RoundRobin::new(second);
/// let mut sched = Scheduler::builder().clock(Clock::Virtual).policy(policy).build();
/// let start = sched.now();
/// sched.spawn(move || call(Compute(9 * second)));
/// let short = sched.spawn(move || {
///     call(Compute(2 * second)).unwrap();
///     call(coros::syscall::Now) - start
/// });
/// sched.run().unwrap();
/// assert_eq!(short.join().unwrap(), 4 * second);
/// ```
pub struct RoundRobin {
    quantum: Duration,
    ready: Fifo,
}

impl RoundRobin {
    /// The policy, with this quantum of CPU time; less than a microsecond counts as one.
    #[must_use]
    pub fn new(quantum: Duration) -> Self {
        Self {
            quantum: super::positive(quantum),
            ready: Fifo::new(),
        }
    }
}

impl Policy for RoundRobin {
    fn name(&self) -> Cow<'static, str> {
        "rr".into()
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration) {
        self.ready.enqueue(task, why, now);
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.dequeue(task);
    }

    fn pick(&mut self, now: Duration) -> Option<Pick> {
        let slice = Some(self.quantum);
        let pick = self.ready.pick(now)?;
        Some(Pick { slice, ..pick })
    }

    fn patience(&self) -> Option<u64> {
        self.ready.patience()
    }
}
