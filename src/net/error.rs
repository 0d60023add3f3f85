//! Errors that name an address.

use std::fmt;
use std::io;

use crate::error;
use crate::kernel::Interrupted;

/// As [`error::cannot`], but an interruption stays as it is.
#[cold]
pub(super) fn cannot(deed: &'static str, object: impl fmt::Display, error: io::Error) -> io::Error {
    match Interrupted::of(&error) {
        Some(_) => error,
        None => error::cannot(deed, object, error),
    }
}
