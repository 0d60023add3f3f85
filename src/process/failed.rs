//! Why there is no result from another process.

use std::io;
use std::process::ExitStatus;

use crate::shown::error;

/// What a process was to do has given no result.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
#[non_exhaustive]
pub enum Failed {
    /// The process ended before it had a result, as by a panic (exit code 101), a kill, or a call of
    /// `exit`.
    Ended(ExitStatus),
    /// There is no such function: it was not done.
    Unknown(String),
    /// The way to it failed, or the wait was [interrupted](crate::Interrupted::of).
    Io(io::Error),
}

error! {
    Failed {
        Self::Ended(status) => format_args!("the process ended without a result: {status}"),
        Self::Unknown(text) => text,
        Self::Io(error) => error,
    }
    source { Self::Io(error) => error }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Failed> for io::Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Io(error) => error,
            failed => io::Error::other(failed),
        }
    }
}
