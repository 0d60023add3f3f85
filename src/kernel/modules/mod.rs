//! What stands on the core, each module on its own, but that a stop cancels, and a signal may do both.

pub(crate) mod arrival;
pub(crate) mod cancel;
pub(crate) mod cpus;
pub(crate) mod deadlock;
pub(crate) mod outside;
pub(crate) mod select;
pub(crate) mod signals;
pub(crate) mod stop;
pub(crate) mod trace;
pub(crate) mod watchdog;
