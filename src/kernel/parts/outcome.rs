//! How a task ended, and what it returned or threw: for its handle.

use std::cell::Cell;

use super::Slots;
use crate::kernel::abi::{Exit, Tid};
use crate::machine::{Leftover, Payload, TaskRef};

thread_local! {
    /// How many tasks of this thread have ended whose outcome was wanted.
    static ENDS: Cell<u64> = const { Cell::new(0) };
}

/// How a task ended, in a byte: most ends have nothing more to tell.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum HowEnded {
    #[default]
    NotYet,
    Returned,
    Killed,
    Panicked,
}

impl HowEnded {
    pub(super) fn of(exit: &Exit) -> Self {
        match exit {
            Exit::Returned => Self::Returned,
            Exit::Killed => Self::Killed,
            Exit::Panicked(_) => Self::Panicked,
        }
    }

    /// The exit; that of a panic with these words.
    #[inline]
    pub(super) fn exit(self, words: impl FnOnce() -> String) -> Option<Exit> {
        match self {
            Self::NotYet => None,
            Self::Returned => Some(Exit::Returned),
            Self::Killed => Some(Exit::Killed),
            Self::Panicked => Some(Exit::Panicked(words())),
        }
    }
}

/// How a task ended. The value that it returned, or what it threw, lies in its memory.
#[derive(Default)]
pub(crate) struct TaskOutcome {
    /// Whether a handle may ask for it.
    is_wanted: Cell<bool>,
    ended: Cell<HowEnded>,
    /// Counts the ends of this thread's tasks, so that ends can be put in order.
    serial: Cell<u64>,
}

/// What is left of a task that panicked.
#[derive(Default)]
struct Thrown {
    words: String,
    /// None once it was handed over.
    payload: Option<Payload>,
    /// What the task had returned before: it is dropped with the handle.
    _returned: Option<Leftover>,
}

/// A hold on a task, for its one handle.
pub(crate) struct TaskHandle(TaskRef);

impl TaskOutcome {
    pub(crate) fn of(is_wanted: bool) -> Self {
        Self {
            is_wanted: Cell::new(is_wanted),
            ..Self::default()
        }
    }
}

impl TaskHandle {
    pub(in crate::kernel) fn to(task: TaskRef) -> Self {
        Self(task)
    }

    pub(in crate::kernel) fn task(&self) -> &TaskRef {
        &self.0
    }

    #[inline]
    pub(crate) fn tid(&self) -> Tid {
        Tid::of(&self.0)
    }

    /// What modules keep of it.
    pub(crate) fn slots(&self) -> &Slots {
        &self.0.facts().slots
    }

    #[inline]
    fn outcome(&self) -> &TaskOutcome {
        &self.0.facts().outcome
    }

    #[inline]
    pub(crate) fn has_ended(&self) -> bool {
        self.outcome().ended.get() != HowEnded::NotYet
    }

    /// How it ended, if it has.
    #[inline]
    pub(crate) fn exit(&self) -> Option<Exit> {
        let words = || self.look_at_thrown(|thrown| thrown.words.clone());
        self.outcome()
            .ended
            .get()
            .exit(|| words().unwrap_or_default())
    }

    /// The place of its end among those of this thread's tasks.
    pub(crate) fn serial(&self) -> u64 {
        self.outcome().serial.get()
    }

    /// Hands over the value that it returned, once.
    #[inline]
    pub(crate) fn take_value<T: 'static>(&self) -> Option<T> {
        self.0.take()
    }

    /// Hands over what it threw, once.
    pub(crate) fn take_payload(&self) -> Option<Payload> {
        self.look_at_thrown(|thrown| thrown.payload.take())?
    }

    #[cold]
    fn look_at_thrown<R>(&self, look: impl FnOnce(&mut Thrown) -> R) -> Option<R> {
        let mut thrown: Thrown = self.0.take()?;
        let seen = look(&mut thrown);
        self.0.leave(thrown);
        Some(seen)
    }
}

impl Drop for TaskHandle {
    #[inline]
    fn drop(&mut self) {
        self.outcome().is_wanted.set(false);
        drop(self.0.take_any());
    }
}

/// Keeps what a task returns, if its handle may ask for it; if not, drops it at once, in the task.
#[inline]
pub(crate) fn keep_value<T: 'static>(value: T) {
    TaskRef::with_running(|task| {
        if task.facts().outcome.is_wanted.get() {
            task.leave(value);
        }
    });
}

/// Keeps how a task ended and what it threw, if its handle may ask for it; hands back what it threw, if not.
#[inline]
pub(crate) fn keep_end(task: &TaskRef, exit: &Exit, payload: Option<Payload>) -> Option<Payload> {
    let outcome = &task.facts().outcome;
    if !outcome.is_wanted.get() {
        return payload;
    }
    let rest = payload.and_then(|payload| keep_thrown(task, exit, payload));
    ENDS.set(ENDS.get() + 1);
    outcome.serial.set(ENDS.get());
    outcome.ended.set(HowEnded::of(exit));
    rest
}

/// Keeps what a task threw; hands back what no handle asks for: a kill.
#[cold]
fn keep_thrown(task: &TaskRef, exit: &Exit, payload: Payload) -> Option<Payload> {
    let Exit::Panicked(words) = exit else {
        return Some(payload);
    };
    let _returned = task.take_any();
    task.leave(Thrown {
        words: words.clone(),
        payload: Some(payload),
        _returned,
    });
    None
}
