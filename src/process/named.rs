//! Errors that name the program.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::sync::Arc;

/// What could not be done with which program, and why.
#[derive(Debug)]
struct Named {
    deed: &'static str,
    program: Arc<OsStr>,
    error: io::Error,
}

/// The same error, of the same kind, which names the program.
pub(super) fn naming(deed: &'static str, program: &Arc<OsStr>, error: io::Error) -> io::Error {
    let program = Arc::clone(program);
    let named = Named {
        deed,
        program,
        error,
    };
    io::Error::new(named.error.kind(), named)
}

impl fmt::Display for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (deed, program) = (self.deed, self.program.to_string_lossy());
        write!(out, "cannot {deed} `{program}`: {}", self.error)
    }
}

impl Error for Named {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
