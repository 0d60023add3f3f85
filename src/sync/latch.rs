//! Latches and wait groups: waiting until a number of things has been done.

use std::cell::Cell;
use std::rc::Rc;

use super::event::Event;
use crate::kernel::{Interrupted, SystemCall, spend_on_reading};
use crate::shown::shown;

/// A gate that opens once, after a number of counts, and stays open.
///
/// (After Java's `CountDownLatch`.)
///
/// ```
/// use coros::sync::Latch;
/// use coros::{run, spawn};
///
/// run(|| {
///     let ready = Latch::new(2);
///     for _ in 0..2 {
///         let ready = ready.clone();
///         spawn(move || ready.count_down());
///     }
///     ready.wait().unwrap();
///     assert!(ready.is_open());
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct Latch {
    left: Rc<Cell<usize>>,
    open: Event,
}

impl Latch {
    /// A latch that opens after this many counts; at once, if there are none.
    #[must_use]
    pub fn new(counts: usize) -> Self {
        let open = Event::part_of("latch");
        if counts == 0 {
            open.set();
        }
        Self {
            left: Rc::new(Cell::new(counts)),
            open,
        }
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        Self {
            left: self.left,
            open: self.open.named(name),
        }
    }

    /// Counts one; the last one opens the latch, and all who wait go on. Later ones do nothing. Not a call:
    /// it never suspends.
    pub fn count_down(&self) {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        if left == 0 {
            self.open.set();
        }
    }

    /// Waits until the latch is open.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted before.
    ///
    /// # Panics
    ///
    /// Outside a task, if it is not open.
    #[track_caller]
    pub fn wait(&self) -> Result<(), Interrupted> {
        self.open.wait()
    }

    /// The call that [`wait`](Self::wait) makes.
    pub fn waiting(&self) -> impl SystemCall<Reply = Result<(), Interrupted>> + use<'_> {
        self.open.waiting()
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_set()
    }

    /// How many counts are left until it opens.
    #[must_use]
    #[track_caller]
    pub fn left(&self) -> usize {
        spend_on_reading();
        self.left.get()
    }

    /// How many tasks wait.
    #[must_use]
    pub fn waiters(&self) -> usize {
        self.open.waiters()
    }
}

shown!(impl Debug for Latch: self => "Latch({}, {} left)", self.open.title(), self.left.get());

/// Waits until everything that was begun is done: each takes a token, and drops it when done.
///
/// May be used again. A task that waits when the last token goes is through, even if a new one is taken
/// at once. (After Go's `WaitGroup`, with the count in guards, so that it cannot go wrong.)
///
/// ```
/// use coros::sync::WaitGroup;
/// use coros::{run, spawn};
/// use std::{cell::Cell, rc::Rc};
///
/// run(|| {
///     let (group, done) = (WaitGroup::new(), Rc::new(Cell::new(0)));
///     for _ in 0..3 {
///         let (token, done) = (group.add(), Rc::clone(&done));
///         spawn(move || {
///             done.set(done.get() + 1);
///             drop(token);
///         });
///     }
///     group.wait().unwrap();
///     assert_eq!(done.get(), 3);
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct WaitGroup(Rc<WaitGroupState>);

struct WaitGroupState {
    tokens: Cell<usize>,
    /// Set while there is no token.
    done: Event,
}

impl WaitGroup {
    /// A group without tokens.
    #[must_use]
    pub fn new() -> Self {
        let done = Event::part_of("wait group");
        done.set();
        Self(Rc::new(WaitGroupState {
            tokens: Cell::new(0),
            done,
        }))
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        drop(self.0.done.clone().named(name));
        self
    }

    /// A token for something that is to be waited for.
    pub fn add(&self) -> WaitToken {
        self.0.tokens.set(self.0.tokens.get() + 1);
        self.0.done.clear();
        WaitToken(Rc::clone(&self.0))
    }

    /// Waits until all tokens are gone; returns at once if there are none.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted before.
    ///
    /// # Panics
    ///
    /// Outside a task, if there are any.
    #[track_caller]
    pub fn wait(&self) -> Result<(), Interrupted> {
        self.0.done.wait()
    }

    /// The call that [`wait`](Self::wait) makes.
    pub fn waiting(&self) -> impl SystemCall<Reply = Result<(), Interrupted>> + use<'_> {
        self.0.done.waiting()
    }

    /// How many tokens there are.
    #[must_use]
    #[track_caller]
    pub fn tokens(&self) -> usize {
        spend_on_reading();
        self.0.tokens.get()
    }

    /// How many tasks wait.
    #[must_use]
    pub fn waiters(&self) -> usize {
        self.0.done.waiters()
    }
}

impl Default for WaitGroup {
    fn default() -> Self {
        Self::new()
    }
}

shown!(impl Debug for WaitGroup: self =>
    "WaitGroup({}, {} tokens)", self.0.done.title(), self.0.tokens.get());

/// Something that a [`WaitGroup`] waits for; done when this is dropped. A clone counts on its own.
#[must_use = "a token that is dropped at once keeps no task waiting"]
pub struct WaitToken(Rc<WaitGroupState>);

impl Clone for WaitToken {
    fn clone(&self) -> Self {
        WaitGroup(Rc::clone(&self.0)).add()
    }
}

impl Drop for WaitToken {
    /// Not a call, so it never suspends.
    fn drop(&mut self) {
        let left = self.0.tokens.get() - 1;
        self.0.tokens.set(left);
        if left == 0 {
            self.0.done.set();
        }
    }
}

shown!(impl Debug for WaitToken: self => "WaitToken({})", self.0.done.title());
