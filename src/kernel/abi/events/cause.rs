//! Why a task was woken.

use crate::kernel::abi::tid::Tid;

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
    /// A scope that it is in was interrupted, or a signal reached it.
    #[cfg_attr(feature = "record", serde(alias = "signal"))]
    Interrupt,
    /// What it waits for outside is ready: a socket, a pipe.
    Device,
    /// From outside the scheduler's tasks.
    Outside,
}
