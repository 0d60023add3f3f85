//! Why a wait was broken off.

use std::fmt;

/// Why a wait was broken off; see [`Interrupted`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Why {
    /// The caller is being killed.
    Killed,
    /// The caller is unwinding, from a panic or a kill, and destructors never suspend.
    Unwinding,
}

/// A wait ended without what it waited for: it *did not happen*. No item was taken, no byte lost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interrupted {
    why: Why,
}

impl Interrupted {
    pub(super) fn new(why: Why) -> Self {
        Self { why }
    }

    /// Why the wait was broken off.
    #[must_use]
    pub fn why(&self) -> Why {
        self.why
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.why {
            Why::Killed => "the wait was broken off: the task is being killed",
            Why::Unwinding => "the call would have to wait, and a task that unwinds never waits",
        })
    }
}

impl std::error::Error for Interrupted {}

impl From<Interrupted> for std::io::Error {
    /// Never of the kind [`Interrupted`](std::io::ErrorKind::Interrupted), which `std` would retry.
    fn from(interrupted: Interrupted) -> Self {
        std::io::Error::other(interrupted)
    }
}
