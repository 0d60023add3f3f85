//! The journal: what has happened, for the modules that read it.
//!
//! Readers may run foreign code: observers, a policy. What happens is written down where it happens, in
//! the middle of a turn perhaps, and read between two turns: so nothing of theirs runs while the kernel
//! changes something, nor on the stack of a task. While the journal has no readers, nothing is written.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use crate::kernel::abi::events::{Candidate, Cause, Event};
use crate::kernel::abi::{Exit, Runnable, SchedParams, Tid};
use crate::machine::{RunQueue, TaskRef, WaitQueue};

/// Something that has happened.
pub(crate) enum Change {
    /// What observers alone want to know.
    Told(Box<Event>),
    /// What a task did without a call, and when.
    Noted(Note, u64),
    /// A task is there, and when it arrives.
    Born {
        task: TaskRef,
        parent: Option<Tid>,
        time: u64,
    },
    /// A task has arrived: it is ready for the first time. It may have ended by the time this is read.
    Arrived(TaskRef, u64),
    /// A task that waited is ready again.
    Woken { tid: Tid, cause: Cause, now: u64 },
    /// A task was put into the run queue other than by a wake.
    Runnable(Tid, Runnable, u64),
    /// A task was taken out of the run queue though it had no turn.
    Dequeued(Tid),
    /// The call of a task that was woken is answered, with this.
    Replied(String),
    /// A task has asked for CPU time, and has not got all of it.
    Computes,
    /// It was picked for a turn that begins now, on this CPU, and why.
    Picked(u32, Reason, u64),
    /// A task that is held is to have no waits any more.
    Interrupted(TaskRef),
    /// A task is about to be held: what else holds it lets it go, if it can.
    ToBeHeld(TaskRef),
    /// A task that was made to go on out of its turn has stopped again.
    ResumedOutOfTurn(TaskRef),
    /// A task claims something else from now on.
    Claimed(Tid, SchedParams, Duration),
    /// The thread is about to sleep.
    Sleeps,
    /// A task has ended.
    Ended { task: TaskRef, exit: Exit, now: u64 },
}

/// Why a task was picked, for those who look at turns.
#[derive(Clone, Default)]
pub(crate) struct Reason {
    /// The tasks that could have been picked, the first few of them.
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) why: String,
}

/// How many tasks are told of at most that could have been picked: where a policy compares them, and where
/// they stand in the order of the run queue.
const COMPARED: usize = 8;
const IN_LINE: usize = 3;

/// How many cells of the run queue are searched for them: behind many gaps there may be none.
const CELLS: u32 = 64;

/// The tasks that could be picked now, the first few of them, each with the key by which they are compared.
pub(crate) fn candidates(
    queue: &RunQueue,
    are_compared: bool,
    mut key: impl FnMut(Tid) -> String,
) -> impl Iterator<Item = Candidate> {
    let limit = if are_compared { COMPARED } else { IN_LINE };
    let tids = queue.first(limit, CELLS).map(|task| Tid::of(&task));
    tids.map(move |tid| Candidate { tid, key: key(tid) })
}

/// Something that a task did without a call.
pub(crate) enum Note {
    /// It took, or gave back, what others wait for in this queue.
    Hold(Tid, WaitQueue, Took),
    /// So much is in what this queue belongs to.
    Length(WaitQueue, usize),
    /// It asked for the outcome of this task.
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
pub(crate) struct Journal {
    /// Whether there is a reader of any kind.
    pub(crate) is_read: Cell<bool>,
    /// Whether there are observers: no events are made for others.
    pub(crate) is_observed: Cell<bool>,
    /// Whether turns are told of in words: what is answered, and why a task was picked.
    pub(crate) tells_turns: Cell<bool>,
    /// Whether ends are logged with the turn in which they come.
    pub(crate) logs_ends: Cell<bool>,
    changes: RefCell<VecDeque<Change>>,
}

/// How many changes the journal keeps room for when it is empty.
const ROOM: usize = 1024;

impl Journal {
    /// Writes down what has happened, if the journal is read.
    #[inline(always)]
    pub(crate) fn note(&self, change: impl FnOnce() -> Change) {
        if self.is_read.get() {
            self.write(change());
        }
    }

    #[cold]
    #[inline(never)]
    fn write(&self, change: Change) {
        self.changes.borrow_mut().push_back(change);
    }

    /// Says whether there is a reader; where there is none any more, what was not read is dropped: it keeps
    /// tasks that have ended.
    pub(crate) fn set_read(&self, is_read: bool) {
        self.is_read.set(is_read);
        if !is_read {
            drop(self.changes.take());
        }
    }

    /// Takes the first of what has happened since the last reading.
    pub(crate) fn take(&self) -> Option<Change> {
        let mut changes = self.changes.borrow_mut();
        let first = changes.pop_front();
        if first.is_none() && changes.capacity() > ROOM {
            *changes = VecDeque::new();
        }
        first
    }
}
