//! What stands on the core, each module on its own.

pub(in crate::kernel) mod cancel;
pub(in crate::kernel) mod cpus;
pub(in crate::kernel) mod deadlock;
pub(crate) mod guests;
pub(in crate::kernel) mod io;
pub(crate) mod locals;
pub(in crate::kernel) mod select;
pub(crate) mod signals;
pub(in crate::kernel) mod stop;
pub(in crate::kernel) mod trace;
pub(in crate::kernel) mod watchdog;
