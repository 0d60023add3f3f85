//! A clock that is quick to look at, and may be a hundredth of a second behind.

use std::time::Duration;

#[cfg(target_os = "linux")]
const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC_COARSE;
#[cfg(not(target_os = "linux"))]
const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;

/// The time since some moment in the past; it never goes back.
#[inline]
pub(crate) fn coarse_now() -> Duration {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it needs a clock that exists, as this one does, and writes to where it is told, which is ours.
    unsafe { libc::clock_gettime(CLOCK, &raw mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}
