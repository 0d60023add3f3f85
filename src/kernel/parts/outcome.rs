//! What came of a task, for its handle.

use std::cell::Cell;

use super::{Slots, catch_user_panic};
use crate::kernel::abi::{Exit, Tid};
use crate::machine::{Payload, TaskRef};

thread_local! {
    /// How many tasks of this thread have ended whose outcome was wanted.
    static ENDS: Cell<u64> = const { Cell::new(0) };
}

/// How a task ended, in a byte: most ends have nothing more to tell.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ended {
    #[default]
    NotYet,
    Returned,
    Killed,
    Panicked,
}

impl Ended {
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

/// What came of a task, beside what it leaves in its memory: the value that it returned, or what it threw.
#[derive(Default)]
pub(crate) struct Outcome {
    /// Whether a handle may ask for it.
    is_wanted: Cell<bool>,
    ended: Cell<Ended>,
    /// Which end it was, among all of this thread.
    serial: Cell<u64>,
}

/// What is left of a task that panicked.
#[derive(Default)]
struct Thrown {
    words: String,
    /// None once it was handed over.
    payload: Option<Payload>,
}

/// A hold on a task and on what comes of it, for the one handle of the task.
pub(crate) struct TaskHandle(TaskRef);

impl Outcome {
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
    fn outcome(&self) -> &Outcome {
        &self.0.facts().outcome
    }

    #[inline]
    pub(crate) fn has_ended(&self) -> bool {
        self.outcome().ended.get() != Ended::NotYet
    }

    /// How it ended, if it has.
    #[inline]
    pub(crate) fn exit(&self) -> Option<Exit> {
        let words = || self.look_at_thrown(|thrown| thrown.words.clone());
        self.outcome().ended.get().exit(words)
    }

    /// Which end it was, among all of this thread.
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
        self.look_at_thrown(|thrown| thrown.payload.take())
    }

    #[cold]
    fn look_at_thrown<R>(&self, look: impl FnOnce(&mut Thrown) -> R) -> R {
        let mut thrown: Thrown = self.0.take().unwrap_or_default();
        let seen = look(&mut thrown);
        self.0.put(thrown);
        seen
    }
}

impl Drop for TaskHandle {
    #[inline]
    fn drop(&mut self) {
        self.outcome().is_wanted.set(false);
        self.0.clear();
    }
}

/// Keeps what a task returns, if its handle may ask for it; if not, drops it at once, in the task.
#[inline]
pub(crate) fn keep_value<T: 'static>(value: T) {
    TaskRef::with_running(|task| {
        if task.facts().outcome.is_wanted.get() {
            task.put(value);
        }
    });
}

/// Keeps how a task ended, if its handle may ask for it.
#[inline]
pub(crate) fn keep_end(task: &TaskRef, exit: &Exit, payload: Option<Payload>) {
    let outcome = &task.facts().outcome;
    if outcome.is_wanted.get() {
        ENDS.set(ENDS.get() + 1);
        outcome.serial.set(ENDS.get());
        outcome.ended.set(Ended::of(exit));
    }
    if let Some(payload) = payload {
        keep_payload(task, exit, payload);
    }
}

/// Keeps what a task threw, in place of what it returned before; or drops it. Either may be the user's.
#[cold]
fn keep_payload(task: &TaskRef, exit: &Exit, payload: Payload) {
    if let (Exit::Panicked(words), true) = (exit, task.facts().outcome.is_wanted.get()) {
        catch_user_panic(|| task.clear());
        task.put(Thrown {
            words: words.clone(),
            payload: Some(payload),
        });
    } else {
        catch_user_panic(|| drop(payload));
    }
}
