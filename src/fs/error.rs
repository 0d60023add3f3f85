//! Errors that name the file.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What the system says, and of what.
#[derive(Debug)]
struct Named {
    deed: &'static str,
    path: PathBuf,
    error: io::Error,
}

/// The same error, of the same kind, which says what could not be done with which file.
pub(super) fn naming(deed: &'static str, path: &Path, error: io::Error) -> io::Error {
    let path = path.to_owned();
    io::Error::new(error.kind(), Named { deed, path, error })
}

impl fmt::Display for Named {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (deed, path, error) = (self.deed, self.path.display(), &self.error);
        write!(out, "cannot {deed} {path}: {error}")
    }
}

impl Error for Named {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
