//! Lineage: which of the processes that fork from each other this is.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How many forks lie between the first process and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// In which process something was made. A forked child has a copy of it, but what it stands for in the
/// system, as an epoll set does, still is the parent's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Lineage(u32);

impl Lineage {
    pub(crate) fn current() -> Self {
        Self(GENERATION.load(Relaxed))
    }

    /// Whether it was made in this process.
    pub(crate) fn is_current(self) -> bool {
        self == Self::current()
    }

    /// This process has just been forked.
    pub(crate) fn begin() {
        GENERATION.fetch_add(1, Relaxed);
    }
}
