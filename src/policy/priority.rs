//! By priority, fixed or by the length of periods.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use super::lend::inherited;
use super::places::{Places, QueuePlace};
use super::ranks::Ranks;
use crate::devices::nanoseconds;
use crate::kernel::{OffCpu, Pick, Policy, Runnable, Running, SchedParams, Tid};

/// The task with the highest [priority](SchedParams::priority); equal ones round robin, or first in, first out
/// as long as no [quantum](Self::quantum) is set.
///
/// A running task makes room as soon as a more urgent one is ready; it stays at the head of its equals,
/// and keeps what is left of its quantum. While a task waits for what a task holds, that task is as
/// urgent as the waiter, also through chains of waits: so no task of middle priority can hold up one of
/// high priority. What is less urgent may starve.
///
/// ```
/// use coros::{Builder, Scheduler, kernel::SchedParams, policy::Priority};
///
/// let mut sched = Scheduler::builder().policy(Priority::new()).build();
/// sched.spawn(|| {});
/// let urgent = Builder::new().claim(SchedParams::new().priority(1));
/// let urgent = sched.spawn_with(urgent, || {}).unwrap();
/// assert_eq!(sched.step().unwrap().unwrap().tid, urgent.tid());
/// ```
#[derive(Default)]
pub struct Priority {
    by: By,
    quantum: Option<Duration>,
    places: Places,
    tasks: BTreeMap<Tid, Known>,
    /// What tasks inherit now, by the loans that were told last.
    lent: BTreeMap<Tid, i64>,
    loans: Vec<(Tid, Tid)>,
    ready: Ranks<(Reverse<i64>, QueuePlace)>,
}

/// What makes a task urgent.
#[derive(Clone, Copy, Default)]
enum By {
    #[default]
    Priority,
    Period,
}

/// What is known of a task.
struct Known {
    /// How urgent it is by itself.
    own: i64,
    /// What is left of its quantum, if it was preempted.
    left: Option<Duration>,
    /// The slice that it was picked for.
    slice: Option<Duration>,
}

impl Priority {
    /// The policy by claimed priorities.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The policy by claimed [periods](SchedParams::period), the shortest first, and last who claims none: the
    /// best that fixed priorities can do (Liu and Layland, 1973).
    #[must_use]
    pub fn rate_monotonic() -> Self {
        Self {
            by: By::Period,
            ..Self::new()
        }
    }

    /// Bounds the CPU time that a task may use before its equals have their turns; less
    /// than a microsecond counts as one.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> Self {
        self.quantum = Some(super::positive(quantum));
        self
    }

    /// How urgent a task is by itself.
    fn own(&self, task: Tid) -> i64 {
        let known = self.tasks.get(&task);
        known.map_or(i64::MIN, |known| known.own)
    }

    /// How urgent it is, with what it inherits.
    fn urgency(&self, task: Tid) -> i64 {
        let lent = self.lent.get(&task).copied();
        self.own(task).max(lent.unwrap_or(i64::MIN))
    }

    /// Moves a ready task among others: its place among its equals stays the same.
    fn rank_again(&mut self, task: Tid) {
        if let Some((_, place)) = self.ready.key(task) {
            let urgency = self.urgency(task);
            self.ready.insert(task, (Reverse(urgency), place));
        }
    }

    fn inherit_again(&mut self) {
        let now = inherited(&self.loans, |task| self.own(task));
        let before = std::mem::replace(&mut self.lent, now);
        let concerned: Vec<_> = before.keys().chain(self.lent.keys()).copied().collect();
        for task in concerned {
            self.rank_again(task);
        }
    }

    /// An urgency in the words of the claim.
    fn in_words(&self, urgency: i64) -> String {
        match self.by {
            By::Priority => format!("priority {urgency}"),
            By::Period if urgency == i64::MIN => "no period".to_owned(),
            By::Period => format!("period {:?}", Duration::from_nanos(urgency.unsigned_abs())),
        }
    }
}

impl Policy for Priority {
    fn name(&self) -> Cow<'static, str> {
        match self.by {
            By::Priority => "priority".into(),
            By::Period => "rm".into(),
        }
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, now: Duration) {
        let known = Known {
            own: i64::MIN,
            left: None,
            slice: None,
        };
        self.tasks.insert(task, known);
        self.set_params(task, claim, now);
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration) {
        let place = match why {
            Runnable::Preempted => self.places.head(),
            _ => self.places.tail(why, now),
        };
        self.ready
            .insert(task, (Reverse(self.urgency(task)), place));
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        self.places.settle();
        let (_, task) = self.ready.take_first()?;
        let mut slice = self.quantum;
        if let Some(known) = self.tasks.get_mut(&task) {
            slice = known.left.take().or(slice);
            known.slice = slice;
        }
        Some(Pick { task, slice })
    }

    fn stopped(&mut self, task: Tid, why: OffCpu, used: Duration, _: Duration) {
        if let (OffCpu::Preempted, Some(known)) = (why, self.tasks.get_mut(&task)) {
            let left = known.slice.map(|slice| slice.saturating_sub(used));
            known.left = left.filter(|left| !left.is_zero());
        }
    }

    fn preempt(&mut self, running: &[Running], _: Duration) -> Option<Tid> {
        let ((Reverse(first), _), _) = self.ready.first()?;
        let rank = |on: &Running| (Reverse(self.urgency(on.task)), on.task);
        let (Reverse(least), task) = running.iter().map(rank).max()?;
        (least < first).then_some(task)
    }

    fn set_params(&mut self, task: Tid, claim: &SchedParams, _: Duration) {
        let own = match (self.by, claim.period) {
            (By::Priority, _) => i64::from(claim.priority),
            (By::Period, None) => i64::MIN,
            (By::Period, Some(period)) => -i64::try_from(nanoseconds(period)).unwrap_or(i64::MAX),
        };
        if let Some(known) = self.tasks.get_mut(&task) {
            known.own = own;
            self.rank_again(task);
            if !self.loans.is_empty() {
                self.inherit_again();
            }
        }
    }

    fn inherits(&self) -> bool {
        true
    }

    fn inherit(&mut self, loans: &[(Tid, Tid)]) {
        self.loans = loans.to_vec();
        self.inherit_again();
    }

    fn retire(&mut self, task: Tid) {
        self.tasks.remove(&task);
    }

    fn explain(&self, task: Tid) -> String {
        let (own, urgency) = (self.own(task), self.urgency(task));
        match own == urgency {
            true => self.in_words(own),
            false => format!(
                "{}, inherits {}",
                self.in_words(own),
                self.in_words(urgency)
            ),
        }
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
