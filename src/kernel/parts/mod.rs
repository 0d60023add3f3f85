//! The kernel's own data structures, each with one invariant. None of them knows the core.

pub(in crate::kernel) mod chance;
pub(in crate::kernel) mod countdown;
pub(in crate::kernel) mod holders;
pub(in crate::kernel) mod journal;
pub(crate) mod log;
pub(in crate::kernel) mod modules;
pub(in crate::kernel) mod panics;
pub(in crate::kernel) mod posts;
pub(crate) mod quietly;
pub(crate) mod shortcut;
pub(in crate::kernel) mod slots;
pub(in crate::kernel) mod state;
pub(in crate::kernel) mod table;
pub(in crate::kernel) mod wait;

pub(in crate::kernel) use chance::Chance;
pub(in crate::kernel) use countdown::Countdown;
pub(in crate::kernel) use holders::Holders;
pub(in crate::kernel) use journal::{Change, Journal, Note, Reason, Took};
pub(in crate::kernel) use log::{
    log_birth, log_end, log_ends, log_error, log_warn, takes_ends, target, traces_turns,
};
pub(in crate::kernel) use panics::log_panic;
pub(in crate::kernel) use posts::{Post, Posted, Posts};
pub(in crate::kernel) use quietly::quietly;
pub(in crate::kernel) use shortcut::{InForce, SHORTCUTS, spend_on_reading};
pub(in crate::kernel) use slots::{Slots, TaskSlot};
pub(in crate::kernel) use state::{Held, State};
pub(in crate::kernel) use table::Table;
pub(in crate::kernel) use wait::{Due, Place, Wait, WaitedFor};
