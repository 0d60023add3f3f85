//! Metrics: how well tasks were served, each of them and all together.
//!
//! ```text
//!  arrival        first run                              end
//!     │◀─ response ──▶│                                   │
//!     │◀────────────────── turnaround ───────────────────▶│
//!     ├── waiting ────┼─ CPU ─┬─ blocked ─┬ waiting ┬─ CPU ┤
//!                                         │◀───────▶│ wake-up latency
//! ```

mod deadlines;
mod fairness;
mod processor;
mod quantiles;
mod summary;
mod sums;
mod table;

use std::collections::BTreeMap;
use std::time::Duration;

pub use fairness::jain;
pub use summary::{CpuMetrics, Summary, TaskMetrics, Totals};

use super::ledger::{Ledger, Phase, Ran};
use crate::kernel::{Death, Event, Observer, OffCpu, Tid};
use crate::shown::shown;
use deadlines::{Deadlines, WorkDone};
use processor::Processor;
use quantiles::Quantiles;
use sums::Sums;

/// How many tasks that have ended are kept, each for itself, unless it is said.
const KEPT: usize = 10_000;

/// Measures how well tasks were served: turnaround, response, waiting, wake-up latency, deadlines,
/// switches, use of the CPUs, fairness. An [`Observer`], and fed as well with the events of a recording.
///
/// A task's turnaround goes from its arrival to the end of its work. On simulated CPUs a call that is
/// answered at once gives the CPU up: a task that asks for something when it has computed, the time say,
/// queues for its next turn. If it only returns in that turn, which takes no time then, its work was done
/// before, when it gave the CPU up; the time between is not counted as waiting. But what it does after a
/// wait or a yield is work, though it may take no time.
///
/// All of a task's time is in its sums, and none is in two of them: its turnaround is the time that it
/// had a CPU, plus the time that it was ready and had none, plus the time that it was blocked. A CPU's
/// switch to a task is time in which that task is ready and has none. With simulated CPUs or a policy,
/// the stays on the CPUs are measured; without, the turns.
///
/// A task that was there before observation began counts as ready from its arrival up to its first turn
/// that is seen.
///
/// ```
/// use std::{cell::RefCell, rc::Rc, time::Duration};
/// use coros::{Clock, Scheduler, sleep, watch::Metrics};
///
/// let metrics = Rc::new(RefCell::new(Metrics::new()));
/// let builder = Scheduler::builder().clock(Clock::Virtual);
/// let mut sched = builder.observer(Rc::clone(&metrics)).build();
/// sched.spawn(|| sleep(Duration::from_secs(3)));
/// sched.run().unwrap();
/// let summary = metrics.borrow().summary();
/// assert_eq!(summary.tasks[0].turnaround, Duration::from_secs(3));
/// assert_eq!(summary.tasks[0].blocked, Duration::from_secs(3));
/// ```
#[derive(Default)]
pub struct Metrics {
    ledger: Ledger,
    extras: BTreeMap<Tid, Extra>,
    processors: BTreeMap<u32, Processor>,
    latencies: Quantiles,
    /// What is left of tasks that are not kept.
    forgotten: Sums,
    keep: Option<usize>,
    /// So that a switch does not count as a piece of idle time.
    switch_cost: Duration,
}

/// What metrics know of a task beside its account.
#[derive(Default)]
struct Extra {
    voluntary: u64,
    forced: u64,
    latencies: Quantiles,
    deadlines: Deadlines,
    /// Since when it works without a wait, and for how long it had a CPU since.
    began: Option<Duration>,
    took: Duration,
}

impl Metrics {
    /// Metrics of what is observed from now on.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many tasks that have ended have a line of their own, 10,000 unless it is said; those that
    /// ended before count in the totals alone. So a long run takes bounded memory.
    #[must_use]
    pub fn keep(mut self, ended: usize) -> Self {
        self.keep = Some(ended);
        self
    }

    /// All that was measured up to now.
    #[must_use]
    pub fn summary(&self) -> Summary {
        sums::summary(self)
    }

    fn extra(&mut self, tid: Tid) -> &mut Extra {
        let arrival = self.ledger.account(tid).map(|account| account.arrival);
        self.extras.entry(tid).or_insert_with(|| Extra {
            deadlines: Deadlines::new(arrival.unwrap_or_default()),
            ..Extra::default()
        })
    }

    fn ran(&mut self, ran: &Ran) {
        if let Some(latency) = ran.latency {
            self.latencies.add(latency);
            self.extra(ran.tid).latencies.add(latency);
        }
        let extra = self.extra(ran.tid);
        extra
            .began
            .get_or_insert(ran.ready_since.unwrap_or(ran.from));
        extra.took += ran.until.saturating_sub(ran.from);
        match ran.why {
            Some(why) if why.is_voluntary() => extra.voluntary += 1,
            Some(_) => extra.forced += 1,
            None => {}
        }
        if matches!(ran.why, Some(OffCpu::Blocked | OffCpu::Ended)) {
            self.work_is_done(ran.tid, ran.until);
        }
        let began = self.ledger.began.unwrap_or_default();
        let processor = self.processors.entry(ran.cpu);
        let processor = processor.or_insert_with(|| Processor::since(began));
        processor.ran(ran.tid, (ran.from, ran.until), self.switch_cost);
    }

    fn work_is_done(&mut self, tid: Tid, now: Duration) {
        let Some(account) = self.ledger.account(tid) else {
            return;
        };
        let Some(extra) = self.extras.get_mut(&tid) else {
            return;
        };
        let work = WorkDone {
            began: extra.began.take().unwrap_or(account.arrival),
            done: account.done_at().unwrap_or(now).min(now),
            took: std::mem::take(&mut extra.took),
        };
        extra.deadlines.done(&account.claim, account.arrival, work);
    }

    /// A task ends that is not on a CPU: if it was ready, it had work to do.
    fn death(&mut self, death: &Death) {
        let account = self.ledger.account(death.tid);
        if account
            .is_some_and(|account| !matches!(account.phase(), Phase::Blocked | Phase::Stopped))
        {
            self.extra(death.tid);
            self.work_is_done(death.tid, death.time);
        }
    }

    fn forget(&mut self) {
        let keep = self.keep.unwrap_or(KEPT).max(1);
        while let Some((tid, account)) = self.ledger.forget(keep) {
            let extra = self.extras.remove(&tid);
            let task = sums::task_metrics(tid, &account, extra.as_ref(), self.ledger.now);
            self.forgotten.add(&task);
        }
    }
}

shown!(impl Debug for Metrics: self =>
    "Metrics(tasks: {}, span: {:?})", self.ledger.accounts().count(), self.ledger.span());

impl Observer for Metrics {
    fn observe(&mut self, event: &Event) {
        let ran = self.ledger.observe(event);
        if let Some(ran) = ran {
            self.ran(&ran);
        }
        match event {
            Event::Start(start) => self.switch_cost = start.switch_cost,
            Event::Birth(_) => self.forget(),
            Event::Death(death) => self.death(death),
            _ => {}
        }
    }
}
