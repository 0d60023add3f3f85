//! A way to one scheduler, from anywhere on its thread.

use std::rc::Rc;

use super::shared::Shared;
use super::{birth, borrow};
use crate::kernel::abi::{SpawnError, Tid};
use crate::kernel::parts::{Post, Posted, TaskHandle, Traits};
use crate::machine::TaskRef;

/// A way to one scheduler, from anywhere on its thread and for as long as one likes.
#[derive(Clone)]
pub(crate) struct PostHandle(Rc<Shared>);

impl PostHandle {
    pub(in crate::kernel) fn to(shared: &Rc<Shared>) -> Self {
        Self(Rc::clone(shared))
    }

    /// The task that runs now, and the way to its scheduler; `None` outside tasks, and in one that is driven
    /// by hand.
    pub(crate) fn of_running() -> Option<(Tid, Self)> {
        TaskRef::with_running(|task| Some((Tid::of(task), Self::to(task.facts().home()?))))
            .flatten()
    }

    /// Makes a task of that scheduler; it goes to the tail of the run queue.
    #[inline]
    pub(crate) fn spawn(
        &self,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<TaskHandle, SpawnError> {
        birth::spawn(&self.0, traits, f).map(TaskHandle::to)
    }

    /// Lets a task borrow from another, which is unwound after it; see `borrow`.
    pub(crate) fn lend_to(&self, borrower: Tid, lender: Tid) {
        borrow::lend_to(&self.0, borrower, lender);
    }

    /// Whether others may borrow from a task now.
    pub(crate) fn may_lend(&self, tid: Tid) -> bool {
        borrow::may_lend(&self.0, tid)
    }

    /// The way to a task's scheduler.
    pub(crate) fn of_home(task: &TaskHandle) -> Self {
        Self::to(task.task().facts().home().expect("it was born"))
    }

    /// Whether both lead to the same scheduler.
    pub(crate) fn is_same(&self, other: &PostHandle) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Wakes a task of that scheduler: a hint to look again.
    pub(crate) fn wake(&self, tid: Tid) {
        self.0.wake(tid, self.0.waker());
    }

    /// Lets something act before the next task is picked.
    pub(crate) fn post(&self, posted: Rc<dyn Posted>) {
        self.0.post(Post::Act(posted));
    }

    /// Asks for a task's end before the next task is picked.
    pub(crate) fn kill(&self, tid: Tid) {
        self.0.post(Post::Kill(tid));
    }

    pub(in crate::kernel) fn home(&self) -> &Shared {
        &self.0
    }

    /// A task of that scheduler that has not ended.
    pub(in crate::kernel) fn find(&self, tid: Tid) -> Option<TaskRef> {
        self.0.find(tid)
    }
}
