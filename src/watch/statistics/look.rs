//! Looks: what has changed since the one before, for a `top` that refreshes.

use std::time::Duration;

use super::{Statistics, TaskStatistics};
#[cfg(feature = "record")]
use crate::watch::written::nanos;

/// What a task had used when somebody last looked.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    runs: u64,
    cpu: Duration,
}

/// What a task used since the look before.
#[derive(Clone, Copy, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Rate {
    /// How many turns it had.
    pub runs: u64,
    /// How much CPU time it had.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub cpu: Duration,
    /// The part of one CPU's time that this is, from 0 to 1; 0 if no time has passed.
    pub share: f64,
}

/// What a look shows: the tasks that have not ended, or have done something since the look before,
/// the busiest since then first. It prints as a table in 80 columns.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Look {
    /// When this was; counted from the scheduler's start.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub time: Duration,
    /// How long after the look before; after the start of observation, for the first.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub span: Duration,
    /// The tasks.
    pub tasks: Vec<(TaskStatistics, Rate)>,
    /// How many tasks have ended and are not kept.
    pub forgotten: u64,
}

impl Statistics {
    /// Looks at what has changed since the look before.
    ///
    /// ```
    /// use std::{cell::RefCell, rc::Rc};
    /// use coros::{Scheduler, watch::Statistics, yield_now};
    ///
    /// let statistics = Rc::new(RefCell::new(Statistics::new()));
    /// let mut sched = Scheduler::builder().observer(Rc::clone(&statistics)).build();
    /// sched.spawn(|| loop { yield_now() });
    /// for turns in [5, 7] {
    ///     (0..turns).for_each(|_| _ = sched.step());
    ///     let look = statistics.borrow_mut().look();
    ///     assert_eq!(look.tasks[0].1.runs, turns);
    /// }
    /// ```
    pub fn look(&mut self) -> Look {
        let time = self.ledger.now;
        let before = self.looked.replace(time).or(self.ledger.began);
        let span = time.saturating_sub(before.unwrap_or(time));
        let rated = self.tasks().into_iter().map(|task| {
            let rate = self.rate(&task, span);
            (task, rate)
        });
        let mut tasks: Vec<_> = rated.collect();
        tasks.retain(|(task, rate)| task.exit.is_none() || rate.runs > 0);
        tasks.sort_by_key(|(_, rate)| std::cmp::Reverse((rate.cpu, rate.runs)));
        let marks = tasks.iter().map(|(task, _)| (task.tid, Mark::of(task)));
        self.marks.extend(marks);
        Look {
            time,
            span,
            tasks,
            forgotten: self.forgotten,
        }
    }

    fn rate(&self, task: &TaskStatistics, span: Duration) -> Rate {
        let before = self.marks.get(&task.tid).copied().unwrap_or_default();
        let cpu = task.cpu.saturating_sub(before.cpu);
        let share = match span.is_zero() {
            true => 0.0,
            false => cpu.as_secs_f64() / span.as_secs_f64(),
        };
        Rate {
            runs: task.runs.saturating_sub(before.runs),
            cpu,
            share,
        }
    }
}

impl Mark {
    fn of(task: &TaskStatistics) -> Self {
        Self {
            runs: task.runs,
            cpu: task.cpu,
        }
    }
}
