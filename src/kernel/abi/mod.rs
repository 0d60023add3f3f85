//! Plain data that crosses the border of the kernel: names, ends, reasons, events.

pub(in crate::kernel) mod claim;
pub(in crate::kernel) mod events;
pub(in crate::kernel) mod exit;
pub(in crate::kernel) mod holding;
pub(in crate::kernel) mod info;
pub(in crate::kernel) mod interrupted;
pub(in crate::kernel) mod policy;
pub(in crate::kernel) mod ran;
pub(in crate::kernel) mod report;
pub(crate) mod signal;
pub(in crate::kernel) mod stuck;
pub(in crate::kernel) mod tid;

pub(in crate::kernel) use claim::Claim;
pub(in crate::kernel) use exit::{Exit, exit_of, message_of};
pub(in crate::kernel) use holding::Holding;
pub(in crate::kernel) use info::{TaskInfo, TaskState, title};
pub(in crate::kernel) use interrupted::{Interrupted, Why};
pub(in crate::kernel) use policy::{Pick, Policy, Queued, Running, Stop};
pub(in crate::kernel) use ran::{Ran, SpawnError};
pub(in crate::kernel) use stuck::Cycle;
pub(in crate::kernel) use tid::{NoSuchTask, Tid};
