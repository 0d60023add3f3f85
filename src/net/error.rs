//! Errors that name what they are about.

use std::fmt;
use std::io;

use crate::kernel::Interrupted;

/// Says what could not be done with what, in front of why; keeps the kind. An interruption stays as it is.
#[cold]
pub(super) fn cannot(deed: &str, what: impl fmt::Display, error: io::Error) -> io::Error {
    if Interrupted::of(&error).is_some() {
        return error;
    }
    io::Error::new(error.kind(), format!("cannot {deed} {what}: {error}"))
}
