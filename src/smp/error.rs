//! Why a run on several cores has no results.

use std::error::Error;
use std::fmt;
use std::io;

use crate::kernel::RunError;
use crate::shown::error;

/// Why a run on several cores has no results to hand over.
#[derive(Debug)]
#[non_exhaustive]
pub enum SmpError {
    /// Not all cores could be started, so none ran its main: no thread, no descriptor, no such CPU.
    Start(io::Error),
    /// The mains of these cores had no result; all others had.
    Failed(Vec<CoreFailure>),
}

/// Why a core has no result.
#[derive(Debug)]
#[non_exhaustive]
pub struct CoreFailure {
    /// Which core.
    pub core: usize,
    /// What happened there.
    pub cause: RunError,
}

impl fmt::Display for SmpError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => write!(out, "the cores could not be started: {error}"),
            Self::Failed(failures) => {
                for (index, failure) in failures.iter().enumerate() {
                    out.write_str(if index > 0 { "; " } else { "" })?;
                    failure.fmt(out)?;
                }
                Ok(())
            }
        }
    }
}

impl Error for SmpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Start(error) => Some(error),
            Self::Failed(failures) => failures.first().map(|first| &first.cause as _),
        }
    }
}

error! {
    CoreFailure { Self { core, cause } => format_args!("core {core}: {cause}") }
    source { Self { cause, .. } => cause }
}
