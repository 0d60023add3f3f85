//! One direction of a descriptor: whether it is worth a try, and which task waits until it is.

use std::cell::Cell;

use crate::kernel::abi::Tid;

/// What a source is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interest {
    /// To read from it, or accept.
    Read,
    /// To write to it, or be connected.
    Write,
}

/// One direction of a descriptor.
pub(super) struct Direction {
    /// Whether it is worth a try: until one says that it would block.
    ready: Cell<bool>,
    /// Ready for good.
    ended: Cell<bool>,
    /// The task that waits, or was woken and has not tried again.
    pub(super) user: Cell<Tid>,
}

impl Direction {
    pub(super) fn new() -> Self {
        Self {
            ready: Cell::new(true),
            ended: Cell::new(false),
            user: Cell::new(Tid::NONE),
        }
    }

    #[inline]
    pub(super) fn is_ready(&self) -> bool {
        self.ready.get() || self.ended.get()
    }

    #[inline]
    pub(super) fn would_block(&self) {
        self.ready.set(false);
        self.ended.set(false);
    }

    /// The last try has taken all that there was; of an end it says nothing.
    #[inline]
    pub(super) fn exhausted(&self) {
        self.ready.set(false);
    }

    /// It is worth a try, and stays so if it has ended.
    #[inline]
    pub(super) fn note(&self, ended: bool) {
        self.ready.set(true);
        self.ended.set(self.ended.get() || ended);
    }
}
