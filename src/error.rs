//! Errors of the system that say what could not be done, and with what. Floor 3.

use std::fmt;
use std::io;

use crate::shown::error;

/// What could not be done with what, and why.
#[derive(Debug)]
struct Named {
    deed: &'static str,
    object: String,
    error: io::Error,
}

/// The same error, of the same kind, which says what could not be done with what.
#[cold]
pub(crate) fn cannot(deed: &'static str, object: impl fmt::Display, error: io::Error) -> io::Error {
    let object = object.to_string();
    let named = Named {
        deed,
        object,
        error,
    };
    io::Error::new(named.error.kind(), named)
}

error! {
    Named { Self { deed, object, error } => format_args!("cannot {deed} {object}: {error}") }
    source { Self { error, .. } => error }
}
