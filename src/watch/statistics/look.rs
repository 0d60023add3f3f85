//! Looks: what has changed since the one before, for a `top` that refreshes.

use std::time::Duration;

use super::TaskStatistics;
#[cfg(feature = "record")]
use crate::watch::written::nanos;

/// What a task had used at the last look.
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

impl Rate {
    /// What a task used since this mark, in a span of so long.
    pub(super) fn since(mark: Mark, task: &TaskStatistics, span: Duration) -> Self {
        let cpu = task.cpu.saturating_sub(mark.cpu);
        let share = match span.is_zero() {
            true => 0.0,
            false => cpu.as_secs_f64() / span.as_secs_f64(),
        };
        Self {
            runs: task.runs.saturating_sub(mark.runs),
            cpu,
            share,
        }
    }
}

impl Mark {
    pub(super) fn of(task: &TaskStatistics) -> Self {
        Self {
            runs: task.runs,
            cpu: task.cpu,
        }
    }
}
