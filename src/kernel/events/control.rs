//! The event of job control. Times are counted from the scheduler's start.

use std::time::Duration;

use crate::kernel::tid::Tid;

/// A task was stopped by a signal, or told to go on. If it waited, its wake is told before it goes on: it
/// looks at what has become of its wait.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct JobControl {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Who.
    pub tid: Tid,
    /// Whether it is stopped now.
    pub stopped: bool,
    /// By whom, if it was a task.
    #[cfg_attr(
        feature = "record",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub by: Option<Tid>,
}
