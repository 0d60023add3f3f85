//! The events beside the turns themselves. Times are counted from the scheduler's start.

use std::sync::Arc;
use std::time::Duration;

use crate::kernel::abi::claim::Claim;
use crate::kernel::abi::exit::Exit;
use crate::kernel::abi::interrupted::Why;
use crate::kernel::abi::policy::Stop;
use crate::kernel::abi::tid::Tid;

/// In what circumstances everything that follows happens.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Start {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// The clock, in words: real, virtual, or scaled and by how much.
    pub clock: Arc<str>,
    /// The seed of all that is drawn by lot.
    pub seed: u64,
    /// How long a CPU takes to switch to another task.
    #[cfg_attr(
        feature = "record",
        serde(
            with = "super::written::nanos",
            default,
            skip_serializing_if = "Duration::is_zero"
        )
    )]
    pub switch_cost: Duration,
    /// How many CPUs there are.
    pub cpus: u32,
    /// The policy's name.
    pub policy: Arc<str>,
}

/// A task is there: it was made, or, if that comes first, found by whoever begins to observe.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Birth {
    /// When it arrives.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Who it is.
    pub tid: Tid,
    /// Its name; empty if it has none.
    #[cfg_attr(
        feature = "record",
        serde(default, skip_serializing_if = "super::written::is_empty")
    )]
    pub name: Arc<str>,
    /// Whether the run ends without it.
    #[cfg_attr(
        feature = "record",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub daemon: bool,
    /// Whose call made it; nobody's, if it came from outside.
    #[cfg_attr(
        feature = "record",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub parent: Option<Tid>,
    /// What it claims from the policy, if it claims anything.
    #[cfg_attr(
        feature = "record",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub claim: Option<Claim>,
}

/// A task has ended.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Death {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Whose.
    pub tid: Tid,
    /// How.
    pub exit: Exit,
}

/// A task that waited is ready.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Wake {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Who.
    pub tid: Tid,
    /// Why.
    pub cause: Cause,
}

/// Why a task was woken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Cause {
    /// By this task, in its turn: by a call, or by what it posted.
    Task(Tid),
    /// This task ended.
    Exit(Tid),
    /// Its timer went off.
    Timer,
    /// A scope that it is in was interrupted.
    Signal,
    /// What it waits for outside is ready: a socket, a pipe.
    Device,
    /// From outside the scheduler's tasks.
    Outside,
}

/// A timer was set, or went off. One that is taken back, since its wait is over, is not told of.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Timer {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Whose.
    pub tid: Tid,
    /// What became of it.
    pub did: TimerDid,
}

/// What became of a timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TimerDid {
    /// It was set, to go off at this time.
    Set(#[cfg_attr(feature = "record", serde(with = "super::written::nanos"))] Duration),
    /// It went off.
    Fired,
}

/// A task, or one of its scopes, was interrupted.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Signal {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Who is interrupted.
    pub tid: Tid,
    /// Why.
    pub why: Why,
    /// By whom, if it was a task.
    #[cfg_attr(
        feature = "record",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub by: Option<Tid>,
}

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
    /// The task that sent the signal, if one did.
    #[cfg_attr(
        feature = "record",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub by: Option<Tid>,
}

/// A task's stay on a CPU is over. Told where CPUs are simulated or a policy is at work.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Slice {
    /// When it came, having been switched to.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub from: Duration,
    /// When it went.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Who.
    pub tid: Tid,
    /// Where.
    pub cpu: u32,
    /// Why it went.
    pub why: Stop,
}

/// A task claims something else from now on.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Claimed {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Who.
    pub tid: Tid,
    /// What.
    pub claim: Claim,
}

/// Another policy was put in force.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct InForce {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Its name.
    pub policy: Arc<str>,
}

/// A policy was thrown out; from now on it is first in, first out.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Dropped {
    /// When.
    #[cfg_attr(feature = "record", serde(with = "super::written::nanos"))]
    pub time: Duration,
    /// Its name.
    pub policy: Arc<str>,
    /// What it did.
    pub reason: Arc<str>,
}
