//! The kernel's own data structures, each with one invariant. None of them knows the core.

pub(crate) mod by_type;
pub(crate) mod catch_user_panic;
pub(crate) mod chance;
pub(crate) mod countdown;
pub(crate) mod holders;
pub(crate) mod journal;
pub(crate) mod leaving;
pub(crate) mod log;
pub(crate) mod outcome;
pub(crate) mod panics;
pub(crate) mod posts;
pub(crate) mod shortcut;
pub(crate) mod slots;
pub(crate) mod state;
pub(crate) mod table;
pub(crate) mod traits;
pub(crate) mod wait;

pub(crate) use catch_user_panic::catch_user_panic;
pub(crate) use chance::Chance;
pub(crate) use countdown::Countdown;
pub(crate) use holders::Holders;
pub(crate) use journal::{Change, Journal, Note, Reason, Took, candidates};
pub(crate) use log::{
    log_birth, log_end, log_ends, log_error, log_given_up, log_warn, takes_ends, target, title_of,
    traces_turns,
};
pub(crate) use outcome::{TaskHandle, TaskOutcome, keep_end};
pub(crate) use panics::log_panic;
pub(crate) use posts::{Post, Posted, Posts};
pub(crate) use shortcut::{BudgetInForce, SHORTCUTS, spend_on_reading};
pub(crate) use slots::{Slots, TaskSlot};
pub(crate) use state::{Held, State};
pub(crate) use table::Table;
pub(crate) use traits::{ExitSink, Traits};
pub(crate) use wait::{Due, Place, Wait, WaitedFor, holders_of, holders_of_waits};
