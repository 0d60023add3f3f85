//! Plain data that crosses the border of the kernel: names, ends, reasons, events.

pub(in crate::kernel) mod events;
pub(in crate::kernel) mod exit;
pub(in crate::kernel) mod holding;
pub(in crate::kernel) mod info;
pub(in crate::kernel) mod interrupted;
pub(in crate::kernel) mod policy;
pub(in crate::kernel) mod ran;
pub(in crate::kernel) mod report;
pub(in crate::kernel) mod sched_params;
pub(crate) mod signal;
pub(in crate::kernel) mod stuck;
pub(in crate::kernel) mod tid;

pub(in crate::kernel) use exit::{Exit, exit_of, message_of};
pub(in crate::kernel) use holding::Holding;
pub(in crate::kernel) use info::{TaskInfo, TaskState, title};
pub(in crate::kernel) use interrupted::{Interrupted, Why};
pub(in crate::kernel) use policy::{OffCpu, Pick, Policy, Runnable, Running};
pub(in crate::kernel) use ran::{Ran, SpawnError};
pub(in crate::kernel) use sched_params::SchedParams;
pub(in crate::kernel) use stuck::Cycle;
pub(in crate::kernel) use tid::{NoSuchTask, Tid};
