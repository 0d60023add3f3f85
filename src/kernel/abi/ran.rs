//! What comes of making a task, and of driving one by hand.

use std::fmt;

use super::exit::Exit;
use crate::machine::StackError;

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

impl fmt::Display for SpawnError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "cannot make a task: {}", self.0)
    }
}

impl From<StackError> for SpawnError {
    fn from(error: StackError) -> Self {
        Self(error)
    }
}

impl std::error::Error for SpawnError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            StackError::NoMemory(cause) => Some(cause),
            _ => None,
        }
    }
}
