//! One piece of advice on many ranges of memory, by one system call.
//!
//! A call of its own for each costs the way into the system and the search for the mapping each time.
//! A page that is populated costs no fault when it is touched, which takes longer than all else that a
//! fresh stack costs.

/// How many ranges are advised on at once; more brought nothing.
pub(super) const AT_ONCE: usize = 64;

/// Brings the pages of these ranges into memory, as if each had been written to; where the system does not
/// offer that, or not for many at once, they are left to be brought in when they are touched.
///
/// # Safety
///
/// The ranges are page-aligned and lie in a private anonymous mapping of the caller's.
pub(super) unsafe fn populate(starts: impl Iterator<Item = usize>, len: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: passed on from the caller; the advice changes no contents.
    unsafe {
        give(starts, len, libc::MADV_POPULATE_WRITE)
    };
    #[cfg(not(target_os = "linux"))]
    let _ = (starts, len);
}

/// Gives advice on `len` bytes from each of the starts, of which there are at most [`AT_ONCE`]; tells how
/// many were served, from the first on. A single one is not worth it: none is served then.
///
/// # Safety
///
/// The ranges are page-aligned and lie in a mapping of the caller's, and the advice does no harm there.
#[cfg(target_os = "linux")]
pub(super) unsafe fn give(
    starts: impl Iterator<Item = usize>,
    len: usize,
    advice: libc::c_int,
) -> usize {
    /// The calling thread's own process, without a descriptor (Linux 6.14): it stays right after a fork.
    const PIDFD_SELF: libc::c_int = -10_000;
    const NOTHING: libc::iovec = libc::iovec {
        iov_base: std::ptr::null_mut(),
        iov_len: 0,
    };
    let mut ranges = [NOTHING; AT_ONCE];
    let mut count = 0;
    for (range, start) in ranges.iter_mut().zip(starts) {
        range.iov_base = start as *mut _;
        range.iov_len = len;
        count += 1;
    }
    if count < 2 {
        return 0;
    }
    let call = libc::SYS_process_madvise;
    // SAFETY: passed on from the caller; the first `count` ranges are written.
    let bytes = unsafe { libc::syscall(call, PIDFD_SELF, ranges.as_ptr(), count, advice, 0) };
    usize::try_from(bytes).map_or(0, |bytes| bytes / len)
}

/// Elsewhere there is no such call.
#[cfg(not(target_os = "linux"))]
pub(super) unsafe fn give(_: impl Iterator<Item = usize>, _: usize, _: libc::c_int) -> usize {
    0
}
