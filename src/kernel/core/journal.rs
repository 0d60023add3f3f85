//! The journal: what has happened, for those who observe the run and for the policy.
//!
//! They are foreign code. What happens is written down where it happens, in the middle of a turn perhaps,
//! and read between two turns: so nothing of theirs runs while the kernel changes something, nor on the
//! stack of a task. While the journal has no readers, nothing is written.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use super::list::WaitList;
use crate::kernel::abi::claim::Claim;
use crate::kernel::abi::events::{Cause, Event};
use crate::kernel::abi::policy::{Queued, Stop};
use crate::kernel::abi::tid::Tid;
use crate::machine::TaskRef;

/// Something that has happened.
pub(in crate::kernel) enum Change {
    /// What observers alone want to know.
    Told(Box<Event>),
    /// What a task did without a call.
    Noted(Note, u64),
    /// A task that waited is ready again.
    Woken {
        tid: Tid,
        cause: Cause,
        now: u64,
    },
    /// A task that computes was interrupted.
    Interrupted(Tid),
    /// A task is there, and when it arrives.
    Born {
        task: TaskRef,
        parent: Option<Tid>,
        time: u64,
    },
    /// A task has arrived: it is ready for the first time.
    Arrived(Tid, u64),
    /// A task was put into the run queue, or taken out of it though it had no turn.
    Queued(Tid, Queued, Duration),
    Dequeued(Tid),
    /// A task has left its CPU after so long.
    Stopped(Tid, Stop, Duration, Duration),
    /// A task claims something else from now on.
    Claimed(Tid, Claim, Duration),
    /// A task that the policy knows is gone.
    Retired(Tid),
}

/// Something that a task did without a call.
pub(in crate::kernel) enum Note {
    Hold(Tid, WaitList, Took),
    Length(WaitList, usize),
    Join(Tid),
}

/// Whether something was taken or given back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    It,
    Back,
}

/// What has happened since it was read.
#[derive(Default)]
pub(in crate::kernel) struct Journal {
    /// Whether there is a reader of any kind.
    pub(in crate::kernel) is_read: Cell<bool>,
    /// Whether there are observers.
    pub(in crate::kernel) is_observed: Cell<bool>,
    changes: RefCell<VecDeque<Change>>,
}

/// How many changes the journal keeps room for when it is empty.
const ROOM: usize = 1024;

impl Journal {
    /// Writes down what has happened, if the journal is read.
    #[inline(always)]
    pub(in crate::kernel) fn note(&self, change: impl FnOnce() -> Change) {
        if self.is_read.get() {
            self.write(change());
        }
    }

    #[cold]
    #[inline(never)]
    fn write(&self, change: Change) {
        self.changes.borrow_mut().push_back(change);
    }

    /// Takes the first of what has happened since the last reading.
    pub(in crate::kernel) fn take(&self) -> Option<Change> {
        let mut changes = self.changes.borrow_mut();
        let first = changes.pop_front();
        if first.is_none() && changes.capacity() > ROOM {
            *changes = VecDeque::new();
        }
        first
    }
}
