//! From what was seen to figures.

use std::time::Duration;

use super::fairness::Fairness;
use super::processor::Processor;
use super::{CpuMetrics, Extra, Metrics, Summary, TaskMetrics, Totals};
use crate::kernel::Tid;
use crate::watch::ledger::Account;

/// Sums over tasks.
#[derive(Clone, Default)]
pub(super) struct Sums {
    tasks: u64,
    ended: u64,
    turnaround: Duration,
    responded: u64,
    response: Duration,
    waiting: Duration,
    busy: Duration,
    voluntary: u64,
    forced: u64,
    missed: u64,
    longest_wait: Duration,
    shares: Fairness,
}

impl Sums {
    pub(super) fn add(&mut self, task: &TaskMetrics) {
        self.tasks += 1;
        if task.end.is_some() {
            self.ended += 1;
            self.turnaround += task.turnaround;
        }
        if let Some(response) = task.response {
            self.responded += 1;
            self.response += response;
        }
        self.waiting += task.waiting;
        self.busy += task.cpu;
        self.voluntary += task.voluntary;
        self.forced += task.forced;
        self.missed = self.missed.saturating_add(task.missed);
        self.longest_wait = self.longest_wait.max(task.longest_wait);
        let starves = task.end.is_none() && task.is_ready;
        if starves || !task.cpu.is_zero() {
            let weight = f64::from(task.weight.max(1));
            self.shares.add(task.cpu.as_secs_f64() / weight);
        }
    }
}

/// All that was measured up to now.
pub(super) fn summary(metrics: &Metrics) -> Summary {
    let ledger = &metrics.ledger;
    let tasks: Vec<_> = ledger
        .accounts()
        .map(|(tid, account)| task_metrics(tid, account, metrics.extras.get(&tid), ledger.now))
        .collect();
    let mut sums = metrics.forgotten.clone();
    tasks.iter().for_each(|task| sums.add(task));
    let cpus = metrics.processors.iter();
    let cpus = cpus
        .map(|(cpu, processor)| cpu_metrics(*cpu, processor))
        .collect();
    let totals = totals(metrics, &sums);
    Summary {
        tasks,
        cpus,
        totals,
    }
}

/// How a task was served up to now.
pub(super) fn task_metrics(
    tid: Tid,
    account: &Account,
    extra: Option<&Extra>,
    now: Duration,
) -> TaskMetrics {
    let times = account.times(now);
    let until = account.end.unwrap_or(now);
    let quantile = |per_cent| extra?.latencies.per_cent(per_cent);
    TaskMetrics {
        tid,
        name: account.name.clone(),
        weight: account.claim.weight,
        arrival: account.arrival,
        first_run: account.first_run,
        end: account.end,
        exit: account.exit.clone(),
        is_ready: account.is_ready(),
        turnaround: until.saturating_sub(account.arrival),
        response: account.response(),
        waiting: times.waiting,
        cpu: times.cpu,
        blocked: times.blocked,
        wake_p50: quantile(50),
        wake_p99: quantile(99),
        voluntary: extra.map_or(0, |extra| extra.voluntary),
        forced: extra.map_or(0, |extra| extra.forced),
        missed: extra.map_or(0, |extra| extra.deadlines.missed),
        longest_wait: times.longest,
    }
}

fn cpu_metrics(cpu: u32, processor: &Processor) -> CpuMetrics {
    CpuMetrics {
        cpu,
        busy: processor.busy,
        switches: processor.switches,
        pieces: processor.pieces,
    }
}

fn totals(metrics: &Metrics, sums: &Sums) -> Totals {
    let ledger = &metrics.ledger;
    let span = ledger.span();
    let capacity = span.as_secs_f64() * f64::from(ledger.cpus.max(1));
    let per = |what: f64, whole: f64| if whole > 0.0 { what / whole } else { 0.0 };
    Totals {
        span,
        tasks: sums.tasks,
        ended: sums.ended,
        forgotten: metrics.forgotten.tasks,
        busy: sums.busy,
        utilisation: per(sums.busy.as_secs_f64(), capacity),
        throughput: per(sums.ended as f64, span.as_secs_f64()),
        turnaround: mean(sums.turnaround, sums.ended),
        response: mean(sums.response, sums.responded),
        waiting: mean(sums.waiting, sums.tasks),
        wake_p50: metrics.latencies.per_cent(50),
        wake_p99: metrics.latencies.per_cent(99),
        fairness: sums.shares.index(),
        voluntary: sums.voluntary,
        forced: sums.forced,
        missed: sums.missed,
        longest_wait: sums.longest_wait,
    }
}

fn mean(sum: Duration, count: u64) -> Option<Duration> {
    let nanos = sum.as_nanos().checked_div(u128::from(count))?;
    Some(Duration::from_nanos(
        u64::try_from(nanos).unwrap_or(u64::MAX),
    ))
}
