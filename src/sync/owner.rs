//! Whose a lock is.

use std::thread::panicking;

use crate::kernel::{Tid, WaitList, target};

/// To whom a lock was given: a task, or the code outside all tasks.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) tid: Option<Tid>,
    /// It was unwinding already. So unwinding is no sign that it was torn out of its work.
    unwinding: bool,
}

impl Owner {
    #[inline(always)]
    pub(super) fn new(tid: Option<Tid>) -> Self {
        Self {
            tid,
            unwinding: panicking(),
        }
    }

    /// The same owner, from what was kept of it.
    #[inline(always)]
    pub(super) fn again(tid: Option<Tid>, unwinding: bool) -> Self {
        Self { tid, unwinding }
    }

    /// Whether it was unwinding when the lock was given to it.
    #[inline(always)]
    pub(super) fn was_unwinding(&self) -> bool {
        self.unwinding
    }

    /// Whether the lock is the caller's.
    #[inline(always)]
    pub(super) fn is_caller(&self) -> bool {
        self.tid == Tid::running()
    }

    /// Whether the lock, let go of now, was torn from its owner by a panic or a kill.
    #[inline(always)]
    pub(super) fn is_torn_away(&self) -> bool {
        panicking() && !self.unwinding
    }

    /// Tells the log that the lock was let go of by somebody else, who could not be refused.
    #[cold]
    #[inline(never)]
    pub(super) fn warn_of(&self, other: Option<Tid>, list: &WaitList) {
        let name = |tid: Option<Tid>| match tid {
            Some(tid) => format!("task {tid}"),
            None => "code outside all tasks".to_owned(),
        };
        let (other, owner) = (name(other), name(self.tid));
        log::warn!(
            target: target::SYNC,
            "{list} was unlocked by {other}, which dropped the guard of {owner}"
        );
    }
}

/// What a lock that one may hold at a time knows of its owner; which task, its list knows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    ByNobody,
    ByTask,
    Outside,
}

impl Held {
    #[inline(always)]
    pub(super) fn by(tid: Option<Tid>) -> Self {
        match tid {
            Some(_) => Self::ByTask,
            None => Self::Outside,
        }
    }
}
