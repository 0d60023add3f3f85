//! What comes of making a task, and of driving one by hand.

use super::exit::Exit;
use crate::machine::StackError;
use crate::shown::error;

/// What [`Task::run`](crate::Task::run) came to.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Ran {
    /// The task trapped with this call and has its reply; run it again to go on.
    Trapped(String),
    /// The task is over.
    Ended(Exit),
    /// Nothing was run: this thread is unwinding from a panic.
    Refused,
}

/// No task could be made.
#[derive(Debug)]
pub struct SpawnError(pub(crate) StackError);

error! {
    SpawnError { Self(error) => format_args!("cannot make a task: {error}") }
    source { Self(StackError::NoMemory(cause)) => cause }
}

impl From<StackError> for SpawnError {
    fn from(error: StackError) -> Self {
        Self(error)
    }
}
