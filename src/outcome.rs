//! What comes of a task, between the one that makes it and those who ask. Floor 3.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use crate::kernel::{Exit, ExitSink};
use crate::wakers::Wakers;

/// What comes of a task, for its handle.
pub(crate) struct Outcome<T> {
    pub(crate) value: Cell<Option<T>>,
    pub(crate) payload: Cell<Option<Box<dyn Any + Send>>>,
    pub(crate) exit: OnceCell<Exit>,
    /// Which end of a task this was among all of this thread.
    pub(crate) serial: Cell<u64>,
    /// The futures that wait for the end.
    pub(crate) wakers: Wakers,
}

thread_local! {
    static ENDS: Cell<u64> = const { Cell::new(0) };
}

impl<T> Default for Outcome<T> {
    fn default() -> Self {
        Self {
            value: Cell::default(),
            payload: Cell::default(),
            exit: OnceCell::new(),
            serial: Cell::new(0),
            wakers: Wakers::default(),
        }
    }
}

/// The task's body and the kernel: where nothing else holds the outcome, the handle is gone.
const WITHOUT_HANDLE: usize = 2;

impl<T> Outcome<T> {
    #[inline]
    pub(crate) fn has_ended(&self) -> bool {
        self.exit.get().is_some()
    }

    /// Keeps the value; or drops it at once, in the task that made it, if no task can ask for it.
    pub(crate) fn set(self: Rc<Self>, value: T) {
        if Rc::strong_count(&self) > WITHOUT_HANDLE {
            self.value.set(Some(value));
        }
    }
}

impl<T> ExitSink for Outcome<T> {
    fn deliver(&self, exit: &Exit, payload: Option<Box<dyn Any + Send>>) {
        self.payload.set(payload);
        ENDS.set(ENDS.get() + 1);
        self.serial.set(ENDS.get());
        let first = self.exit.set(exit.clone());
        debug_assert!(first.is_ok(), "a task ends once");
        self.wakers.call();
    }
}
