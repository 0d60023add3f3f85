//! The events that tasks note in the ledger: they take no call. Times are counted from the scheduler's
//! start, and are those of the end of the turn.

use std::sync::Arc;
use std::time::Duration;

use crate::kernel::abi::tid::Tid;

/// A task took or gave back what others may wait for.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Hold {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Who.
    pub tid: Tid,
    /// What, in words: a lock, a permit.
    pub what: Arc<str>,
    /// Its number among all that were held while this was observed: two may have the same words.
    pub id: u64,
    /// Whether it has it now.
    pub taken: bool,
}

/// Something was put into a queue without bound, or taken out.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Length {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Which queue, in words.
    pub what: Arc<str>,
    /// Its number among all that were held or filled while this was observed.
    pub id: u64,
    /// How long it is now.
    pub len: u64,
}

/// Somebody asked what came of a task.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Join {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Of whom.
    pub tid: Tid,
}
