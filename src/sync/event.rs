//! Events: a flag to wait for.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::kernel::{Interrupted, SystemCall, WaitList, call, spend, spend_on_reading};
use crate::shown::shown;
use crate::syscall::Together;

/// A flag that any number of tasks wait for.
///
/// A task that waits when it is set goes on, even if it is cleared at once: what counts is that it was
/// set, not that it still is. (After Python's `threading.Event`; the count of times it was set is the
/// eventcount's.)
///
/// ```
/// use coros::sync::Event;
/// use coros::{run, spawn, yield_now};
///
/// run(|| {
///     let doors = Event::new().named("doors");
///     let guests: Vec<_> = (0..3)
///         .map(|_| {
///             let doors = doors.clone();
///             spawn(move || doors.wait())
///         })
///         .collect();
///     yield_now();
///     assert_eq!(doors.waiters(), 3);
///     doors.set();
///     doors.clear();
///     assert!(guests.iter().all(|guest| guest.join().unwrap().is_ok()));
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct Event(Rc<EventState>);

struct EventState {
    list: WaitList,
    is_set: Cell<bool>,
}

impl Event {
    /// An event that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::part_of("event")
    }

    /// An event in something bigger, of this kind.
    pub(super) fn part_of(kind: &'static str) -> Self {
        Self(Rc::new(EventState {
            list: WaitList::part_of(kind),
            is_set: Cell::new(false),
        }))
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.list.set_name(name);
        self
    }

    /// Sets the event: all who wait go on, in their order, and no task waits until it is cleared. Not a call:
    /// it never suspends.
    pub fn set(&self) {
        if !self.0.is_set.replace(true) {
            self.0.list.wake_all();
        }
    }

    /// Clears the event: a task that comes from now on waits until it is set again.
    pub fn clear(&self) {
        self.0.is_set.set(false);
    }

    /// Whether it is set.
    #[must_use]
    #[track_caller]
    pub fn is_set(&self) -> bool {
        spend_on_reading();
        self.0.is_set.get()
    }

    /// Waits until the event is set; returns at once if it is.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted before.
    ///
    /// # Panics
    ///
    /// Outside a task, if it is not set.
    #[track_caller]
    pub fn wait(&self) -> Result<(), Interrupted> {
        spend();
        match self.0.is_set.get() {
            true => Ok(()),
            false => call(self.waiting()),
        }
    }

    /// The call that [`wait`](Self::wait) makes.
    pub fn waiting(&self) -> impl SystemCall<Reply = Result<(), Interrupted>> + use<'_> {
        let EventState { list, is_set } = &*self.0;
        // Set when it came or meanwhile, be it cleared again by now.
        let look = |woken| (woken || is_set.get()).then_some(Ok(()));
        Together::new("Wait", list, look)
    }

    /// How many tasks wait.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.0.list.parked()
    }

    /// What it is and which, in words.
    pub(super) fn title(&self) -> impl fmt::Display + use<'_> {
        &self.0.list
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

shown!(impl Debug for Event: self => "Event({}, set: {})", self.0.list, self.0.is_set.get());
