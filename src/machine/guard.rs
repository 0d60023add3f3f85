//! The memory below a stack that may not be touched, made as cheaply as the system allows.
//!
//! `MADV_GUARD_INSTALL` (Linux 6.13) marks pages without splitting the mapping, so a million guards
//! cost a million page-table entries and no mapping. Elsewhere each guard is an `mprotect`, which
//! splits: the system's limit on mappings then ends the growth near 30,000 stacks, and this module
//! says so *before* the limit is reached, since past it `malloc` fails too.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::advice;
use super::stack_error::StackError;

/// Linux's number for it; `libc` does not name it on every target.
const MADV_GUARD_INSTALL: libc::c_int = 102;

/// Mappings left to the rest of the process when guards are made by `mprotect`.
const SPARE_MAPPINGS: usize = 5_000;

/// `mprotect` guards that stand in this process.
static SPLITS: AtomicUsize = AtomicUsize::new(0);

/// How the guards of an arena are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Guard {
    /// By `madvise`, splitting nothing.
    Marked,
    /// By `mprotect`, two mappings a stack.
    Split,
}

impl Guard {
    /// The best kind that this system offers, found out once.
    pub(super) fn best() -> Guard {
        static BEST: OnceLock<Guard> = OnceLock::new();
        *BEST.get_or_init(probe)
    }

    /// Makes `[start, start + len)` fault when touched, for each of the starts.
    ///
    /// # Safety
    ///
    /// The ranges are page-aligned, lie in a private anonymous mapping of the caller's, and nothing
    /// in them is in use.
    pub(super) unsafe fn install(
        self,
        starts: impl Iterator<Item = usize> + Clone,
        len: usize,
    ) -> Result<(), StackError> {
        let done = match self {
            // SAFETY: passed on from the caller; guarding memory that nothing uses does no harm.
            Guard::Marked => unsafe { advice::give(starts.clone(), len, MADV_GUARD_INSTALL) },
            Guard::Split => 0,
        };
        // SAFETY: passed on from the caller.
        starts
            .skip(done)
            .try_for_each(|start| unsafe { self.install_one(start, len) })
    }

    /// # Safety
    ///
    /// As [`install`](Self::install).
    unsafe fn install_one(self, start: usize, len: usize) -> Result<(), StackError> {
        let done = match self {
            // SAFETY: passed on from the caller; guarding memory that nothing uses does no harm.
            Guard::Marked => unsafe { libc::madvise(start as *mut _, len, MADV_GUARD_INSTALL) },
            Guard::Split => {
                let limit = split_limit();
                if SPLITS.fetch_add(1, Relaxed) >= limit {
                    SPLITS.fetch_sub(1, Relaxed);
                    return Err(StackError::TooManyGuards { limit });
                }
                // SAFETY: passed on from the caller; nothing uses the memory.
                unsafe { libc::mprotect(start as *mut _, len, libc::PROT_NONE) }
            }
        };
        if done == 0 {
            return Ok(());
        }
        let cause = io::Error::last_os_error();
        self.forget(1);
        Err(StackError::NoMemory(cause))
    }

    /// Notes that `count` guards went away with their mapping.
    pub(super) fn forget(self, count: usize) {
        if self == Guard::Split {
            SPLITS.fetch_sub(count, Relaxed);
        }
    }
}

/// The size of a page of memory, in bytes.
pub(super) fn page_size() -> usize {
    static PAGE: OnceLock<usize> = OnceLock::new();
    // SAFETY: `sysconf` has no preconditions.
    *PAGE.get_or_init(|| unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize)
}

/// Tries the cheap kind on a page of its own.
fn probe() -> Guard {
    let Ok(page) = map(page_size()) else {
        return Guard::Split;
    };
    // SAFETY: the page was mapped just now and nothing else knows it.
    let marked = unsafe { Guard::Marked.install_one(page, page_size()) };
    // SAFETY: as above; it is not used after this.
    unsafe { unmap(page, page_size()) };
    if marked.is_ok() {
        Guard::Marked
    } else {
        Guard::Split
    }
}

/// How many `mprotect` guards fit below the system's limit on mappings.
fn split_limit() -> usize {
    static LIMIT: OnceLock<usize> = OnceLock::new();
    *LIMIT.get_or_init(|| {
        std::fs::read_to_string("/proc/sys/vm/max_map_count")
            .ok()
            .and_then(|text| text.trim().parse::<usize>().ok())
            .unwrap_or(65_530)
            .saturating_sub(SPARE_MAPPINGS)
            / 2
    })
}

/// Reserves address space that costs nothing until it is touched.
pub(super) fn map(len: usize) -> io::Result<usize> {
    let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a fresh anonymous mapping at an address of the system's choice touches nothing.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), len, access, kind, -1, 0) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    Ok(start as usize)
}

/// Gives address space back.
///
/// # Safety
///
/// The range came from [`map`] and nothing refers to it any more.
pub(super) unsafe fn unmap(start: usize, len: usize) {
    // SAFETY: passed on from the caller.
    unsafe { libc::munmap(start as *mut _, len) };
}

/// Lets the system take the pages back; they read as zero when touched again. Guards stay.
///
/// # Safety
///
/// The range is page-aligned, came from [`map`], and nothing in it is in use.
pub(super) unsafe fn discard(start: usize, len: usize) {
    // SAFETY: passed on from the caller. Failure leaves the pages as they are, which is harmless.
    unsafe { libc::madvise(start as *mut _, len, libc::MADV_DONTNEED) };
}

/// Keeps huge pages away: a stack needs 4 KiB, not 2 MiB.
///
/// # Safety
///
/// The range came from [`map`].
pub(super) unsafe fn refuse_huge_pages(start: usize, len: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: passed on from the caller; the advice changes no contents.
    unsafe {
        libc::madvise(start as *mut _, len, libc::MADV_NOHUGEPAGE)
    };
    #[cfg(not(target_os = "linux"))]
    let _ = (start, len);
}
