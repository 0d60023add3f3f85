//! Errors that name what they are about.

use std::fmt;
use std::io;

use crate::kernel::Interrupted;

/// Says what could not be done, in front of why; keeps the kind. An interruption stays as it is.
#[cold]
pub(super) fn cannot(what: fmt::Arguments<'_>, error: io::Error) -> io::Error {
    if is_interruption(&error) {
        return error;
    }
    io::Error::new(error.kind(), format!("cannot {what}: {error}"))
}

/// Whether this is an [`Interrupted`] in the form of an I/O error.
pub(super) fn is_interruption(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<Interrupted>())
}
