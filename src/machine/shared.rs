//! Memory that a process has in common with those that it forks.

use std::io;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::AtomicU64;

/// Words of memory, zero at first; a child that is forked sees the same ones, not a copy.
pub(crate) struct SharedWords {
    start: NonNull<AtomicU64>,
    count: usize,
}

// SAFETY: all access goes through atomics, which any thread may use.
unsafe impl Send for SharedWords {}
// SAFETY: as above.
unsafe impl Sync for SharedWords {}

impl SharedWords {
    /// # Errors
    ///
    /// If the system has no memory, or `count` is zero or beyond any memory.
    pub(crate) fn new(count: usize) -> io::Result<Self> {
        let bytes = count.checked_mul(size_of::<AtomicU64>());
        let bytes = bytes.filter(|&bytes| isize::try_from(bytes).is_ok());
        let bytes = bytes.ok_or(io::ErrorKind::OutOfMemory)?;
        let kind = libc::MAP_SHARED | libc::MAP_ANONYMOUS;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a fresh anonymous mapping at an address of the system's choice touches nothing.
        let start = unsafe { libc::mmap(ptr::null_mut(), bytes, access, kind, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, count })
    }

    pub(crate) fn cells(&self) -> &[AtomicU64] {
        // SAFETY: the mapping is page-aligned, so long, zero at first, which is a valid atomic, and
        // stands for as long as `self`; nothing refers to it but through shared references to atomics.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.count) }
    }
}

impl Drop for SharedWords {
    fn drop(&mut self) {
        let bytes = self.count * size_of::<AtomicU64>();
        // SAFETY: it was mapped with this length, and no reference outlives `self`. Other processes
        // have mappings of their own.
        unsafe { libc::munmap(self.start.as_ptr().cast(), bytes) };
    }
}
