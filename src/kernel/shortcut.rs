//! Shortcuts past the kernel: a task does itself what needs no wait, as long as nobody would miss the call.

use super::log::traces_turns;
use super::{fuel, ledger};
use crate::machine::inside_task;

/// Whether the caller may take one now: it runs in a task, nobody watches what tasks ask for, and it took
/// not too many since the last call that they forced.
#[inline]
pub(crate) fn is_open() -> bool {
    inside_task() && !ledger::is_open() && !traces_turns() && !fuel::is_spent()
}
