//! Running what is the user's where a panic must go no further: observers, policies, loggers, destructors.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::state::is_dying;
use crate::machine::is_kill;

/// Runs it; nothing, if it panics.
pub(crate) fn catch_user_panic<R>(work: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Some(done),
        // A kill of the task in which this loop runs is no panic of that code. One that belongs to another
        // task, caught there and thrown here, is.
        Err(payload) if is_kill(&payload) && is_dying() => resume_unwind(payload),
        Err(payload) => {
            // Dropping what it threw might panic again.
            std::mem::forget(payload);
            None
        }
    }
}
