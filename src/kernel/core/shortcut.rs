//! Shortcuts past the kernel: a task does itself what needs no wait.

use super::fuel;
use crate::machine::inside_task;

/// Whether the caller may take one now: it runs in a task, and it took not too many since the last call that
/// they forced. Whether anything is observed or traced plays no part: to watch a program changes nothing.
#[inline]
pub(crate) fn is_open() -> bool {
    inside_task() && !fuel::is_spent()
}
