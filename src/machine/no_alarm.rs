//! In place of the alarm, where the system has no timers that send signals: none is ever set.

use std::io;
use std::os::raw::c_int;

pub(super) struct Alarm;

impl Alarm {
    pub(super) const fn new() -> Self {
        Self
    }

    pub(super) fn has_sent(_: &libc::siginfo_t) -> bool {
        false
    }

    pub(super) fn prepare(&self, _: c_int) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn set(&self, _: u64) {}
}
