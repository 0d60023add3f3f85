//! What can go wrong in a group.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::kernel::{Interrupted, Tid};
use crate::shown::{error, shown};

/// An error that a member returned: its handle and the group's error both have it.
pub type SharedError = Arc<dyn Error + Send + Sync>;

/// How a member of a group failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Failure {
    /// It panicked, with this message.
    Panicked(Tid, String),
    /// It was killed.
    Killed(Tid),
    /// It returned this error.
    Returned(Tid, SharedError),
}

impl Failure {
    /// Whose failure it is.
    #[must_use]
    pub fn tid(&self) -> Tid {
        match self {
            Self::Panicked(tid, _) | Self::Killed(tid) | Self::Returned(tid, _) => *tid,
        }
    }
}

shown!(impl Display for Failure {
    Self::Panicked(tid, message) => format_args!("task {tid} panicked: {message}"),
    Self::Killed(tid) => format_args!("task {tid} was killed"),
    Self::Returned(tid, error) => format_args!("task {tid} failed: {error}"),
});

/// A group did not end well: members failed, or its caller was interrupted. The value of its block is
/// dropped.
#[derive(Clone, Debug)]
pub struct GroupError {
    failures: Vec<Failure>,
    interrupted: Option<Interrupted>,
}

impl GroupError {
    pub(super) fn new(failures: Vec<Failure>, interrupted: Option<Interrupted>) -> Self {
        Self {
            failures,
            interrupted,
        }
    }

    /// The members that failed, in the order of their ends; the first cancelled the others.
    #[must_use]
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Why the caller's wait for the members was broken off, if it was by something outside the group.
    #[must_use]
    pub fn interrupted(&self) -> Option<&Interrupted> {
        self.interrupted
            .as_ref()
            .filter(|_| self.failures.is_empty())
    }
}

impl fmt::Display for GroupError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.failures.split_first(), &self.interrupted) {
            (None, Some(interrupted)) => write!(out, "the group was broken off: {interrupted}"),
            (None, None) => out.write_str("the group failed"),
            (Some((first, rest)), _) => {
                write!(out, "the group failed: {first}")?;
                rest.iter()
                    .try_for_each(|failure| write!(out, "; {failure}"))
            }
        }
    }
}

impl Error for GroupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self.failures.first() {
            Some(Failure::Returned(_, error)) => Some(&**error),
            Some(_) => None,
            None => self.interrupted.as_ref().map(|why| why as _),
        }
    }
}

/// The group takes no more members: it was cancelled, a member failed, or its block is being unwound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupClosed;

error! {
    GroupClosed {
        Self => "the group is closed: it was cancelled, or a member failed, and takes no more members",
    }
}
