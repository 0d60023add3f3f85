//! Why there is no stack to be had.

use std::fmt;
use std::io;

/// The least that a task can do anything useful with: printing a line in a debug build.
pub(crate) const MIN_STACK: usize = 8 * 1024;

/// Why there is no stack.
#[derive(Debug)]
pub(crate) enum StackError {
    /// Fewer bytes were asked for than a task can live on.
    TooSmall {
        /// What was asked for.
        asked: usize,
    },
    /// More bytes were asked for than can be addressed.
    TooLarge {
        /// What was asked for.
        asked: usize,
    },
    /// Guards are made by `mprotect` here, and no more of them fit.
    TooManyGuards {
        /// How many fit.
        limit: usize,
    },
    /// The system refused.
    NoMemory(io::Error),
}

impl fmt::Display for StackError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall { asked } => write!(
                out,
                "a stack of {asked} bytes is too small: ask for at least {MIN_STACK}"
            ),
            Self::TooLarge { asked } => write!(
                out,
                "a stack of {asked} bytes is too large for this machine's address space"
            ),
            Self::TooManyGuards { limit } => write!(
                out,
                "no room for more than {limit} guarded stacks: each takes two mappings here; \
                 raise vm.max_map_count, or use Linux 6.13 or later"
            ),
            Self::NoMemory(cause) => write!(out, "the system gave no memory for a stack: {cause}"),
        }
    }
}
