//! How many ends a channel has.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};

/// How many ends a channel has on either side.
#[derive(Default)]
pub struct Ends {
    pub(crate) senders: EndCount,
    pub(crate) receivers: EndCount,
}

/// How many ends there are on one side. Atomic, since those of a channel between threads are counted, too.
#[derive(Default)]
pub struct EndCount(AtomicUsize);

impl EndCount {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Takes one away; says whether it was the last.
    pub(crate) fn remove(&self) -> bool {
        self.0.fetch_sub(1, AcqRel) == 1
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}
