//! Handles to the members of a group.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::join::{JoinError, JoinHandle, Waitable};
use crate::kernel::{Exit, NoSuchTask, Tid};

/// A hold on a member of a group, as [`JoinHandle`] is on any task.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct GroupHandle<'scope, T> {
    handle: JoinHandle<()>,
    value: Rc<Cell<Option<T>>>,
    scope: PhantomData<&'scope ()>,
}

impl<T> GroupHandle<'_, T> {
    pub(super) fn new(handle: JoinHandle<()>, value: Rc<Cell<Option<T>>>) -> Self {
        Self {
            handle,
            value,
            scope: PhantomData,
        }
    }
    /// Whose handle this is.
    #[must_use]
    pub fn tid(&self) -> Tid {
        self.handle.tid()
    }

    /// Whether the member has ended.
    #[must_use]
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// Waits until the member has ended, and hands over its value; see [`JoinHandle::join`].
    ///
    /// # Errors
    ///
    /// See [`JoinError`]; a member that the group did not take is `Killed`.
    ///
    /// # Panics
    ///
    /// Outside a task, if the member has not ended.
    #[track_caller]
    pub fn join(&self) -> Result<T, JoinError> {
        self.handle.join()?;
        self.value.take().ok_or(JoinError::Taken(self.tid()))
    }

    /// Cancels the member; see [`JoinHandle::cancel`].
    pub fn cancel(&self, reason: &str) {
        self.handle.cancel(reason);
    }

    /// Kills the member; see [`JoinHandle::kill`]. To its group that is a failure.
    ///
    /// # Errors
    ///
    /// If it has ended or is dying already.
    pub fn kill(&self) -> Result<(), NoSuchTask> {
        self.handle.kill()
    }
}

impl<T> fmt::Debug for GroupHandle<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(out)
    }
}

impl<T> Waitable for GroupHandle<'_, T> {
    fn tid(&self) -> Tid {
        Waitable::tid(&self.handle)
    }

    #[track_caller]
    fn exit(&self) -> Option<Exit> {
        self.handle.exit()
    }

    fn exit_paid_for(&self) -> Option<Exit> {
        self.handle.exit_paid_for()
    }

    fn serial(&self) -> u64 {
        self.handle.serial()
    }
}
