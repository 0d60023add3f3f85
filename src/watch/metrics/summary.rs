//! What metrics come to: figures of each task, of each CPU, and of all.

use std::sync::Arc;
use std::time::Duration;

use crate::kernel::{Exit, Tid};
#[cfg(feature = "record")]
use crate::watch::written::{nanos, some_nanos};

/// How a task was served. Moments are counted from the scheduler's start.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TaskMetrics {
    /// Who.
    pub tid: Tid,
    /// Its name; empty if it has none.
    pub name: Arc<str>,
    /// The share of the CPUs that it claims, against the weights of others.
    pub weight: u32,
    /// When it arrived.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub arrival: Duration,
    /// When it first had a CPU.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub first_run: Option<Duration>,
    /// When it ended: when its work was done.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub end: Option<Duration>,
    /// How it ended.
    pub exit: Option<Exit>,
    /// From its arrival to the end of its work, or up to now.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub turnaround: Duration,
    /// From its arrival to its first run.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub response: Option<Duration>,
    /// How long it was ready, and had no CPU.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub waiting: Duration,
    /// How long it had a CPU.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub cpu: Duration,
    /// How long it was blocked: asleep, waiting for another task, or stopped by a signal.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub blocked: Duration,
    /// How long it takes from a wake to its next turn, in half of all cases at the most. Exact for the
    /// first thousand, then to one part in a hundred.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub wake_p50: Option<Duration>,
    /// The same, in 99 of 100 cases.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub wake_p99: Option<Duration>,
    /// How often it gave its CPU up of its own accord: at a call that ended its turn, or its end.
    pub voluntary: u64,
    /// How often its CPU was taken from it.
    pub forced: u64,
    /// How many of its releases were not done by their deadline.
    pub missed: u64,
    /// The longest single time that it was ready, and did not run.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub longest_wait: Duration,
    /// Whether it is ready now, and has no CPU.
    #[cfg_attr(feature = "record", serde(skip))]
    pub(super) is_ready: bool,
}

/// What became of a CPU's time.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CpuMetrics {
    /// Which; counted from 0.
    pub cpu: u32,
    /// How long it worked for tasks.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub busy: Duration,
    /// How often it went over to another task than the one before, idle or not in between; also to one
    /// that stays for no time.
    pub switches: u64,
    /// The number of different consecutive pieces of its timeline, idle pieces counting as pieces: so
    /// textbooks count. What takes no time is no piece, nor is the idle time after the last task.
    pub pieces: u64,
}

/// How all tasks were served.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Totals {
    /// How long was observed.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub span: Duration,
    /// How many tasks there were, those without a line of their own among them.
    pub tasks: u64,
    /// How many of them have ended.
    pub ended: u64,
    /// How many of them have no line of their own: see [`Metrics::keep`](super::Metrics::keep).
    pub forgotten: u64,
    /// The time that all CPUs worked for tasks, together.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub busy: Duration,
    /// The part of the CPUs' time that was used, from 0 to 1; 0 if no time has passed.
    pub utilisation: f64,
    /// How many tasks ended in a second; 0 if no time has passed.
    pub throughput: f64,
    /// The mean turnaround of those that have ended.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub turnaround: Option<Duration>,
    /// The mean response of those that have run.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub response: Option<Duration>,
    /// The mean time that tasks were ready, and had no CPU.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub waiting: Option<Duration>,
    /// How long it takes from a wake to the next turn, in half of all cases at the most.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub wake_p50: Option<Duration>,
    /// The same, in 99 of 100 cases.
    #[cfg_attr(feature = "record", serde(serialize_with = "some_nanos"))]
    pub wake_p99: Option<Duration>,
    /// [`jain`](super::jain)'s index of the CPU time that tasks got for their weight: of those that got
    /// any, or are ready and wait for it in vain.
    pub fairness: f64,
    /// How often tasks gave a CPU up of their own accord.
    pub voluntary: u64,
    /// How often a CPU was taken from a task.
    pub forced: u64,
    /// How many releases were not done by their deadline.
    pub missed: u64,
    /// The longest single time that a task was ready, and did not run.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub longest_wait: Duration,
}

/// Figures of each task, of each CPU, and of all. It prints as a table in 80 columns.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Summary {
    /// The tasks, in the order in which they were made.
    pub tasks: Vec<TaskMetrics>,
    /// The CPUs.
    pub cpus: Vec<CpuMetrics>,
    /// All together.
    pub totals: Totals,
}
