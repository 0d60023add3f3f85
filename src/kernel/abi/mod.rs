//! Plain data that crosses the border of the kernel: names, ends, reasons, events.

pub(in crate::kernel) mod claim;
pub(in crate::kernel) mod events;
pub(in crate::kernel) mod exit;
pub(in crate::kernel) mod holding;
pub(in crate::kernel) mod info;
pub(in crate::kernel) mod interrupted;
pub(in crate::kernel) mod policy;
pub(in crate::kernel) mod report;
pub(in crate::kernel) mod stuck;
pub(in crate::kernel) mod tid;
