//! Scopes that others can reach: to cancel them, to move their deadlines.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Instant;

use super::Entered;
use crate::kernel::{Expiry, Interrupted, PostHandle, ScopeId, Shield, Tid, cancel};

/// A scope that others can cancel, and whose deadline can be moved, while a task runs in it.
///
/// A clone is another handle to the same scope. It is of use once: a scope that was left stays left.
///
/// ```
/// use std::time::Duration;
/// use coros::kernel::Why;
/// use coros::{Scope, run, sleep, spawn};
///
/// run(|| {
///     let scope = Scope::new();
///     let other = scope.clone();
///     spawn(move || other.cancel("no need any more"));
///     let interrupted = scope.run(|| sleep(Duration::from_secs(60))).unwrap_err();
///     assert_eq!(interrupted.why(), Why::Cancelled);
/// })
/// .unwrap();
/// ```
#[derive(Clone, Default)]
pub struct Scope(Rc<ScopeState>);

#[derive(Default)]
struct ScopeState {
    deadline: Cell<Option<Instant>>,
    /// Cancelled before it was entered.
    cancelled: RefCell<Option<Interrupted>>,
    /// Whether a task is in it, or about to enter it.
    taken: Cell<bool>,
    /// Where it can be reached, while a task is in it.
    inside: RefCell<Option<(Tid, ScopeId, PostHandle)>>,
}

impl Scope {
    /// A scope without a deadline.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A scope that expires at a moment.
    #[must_use]
    pub fn until(at: Instant) -> Self {
        let scope = Self::new();
        scope.0.deadline.set(Some(at));
        scope
    }

    /// Runs `f` in the scope.
    ///
    /// # Errors
    ///
    /// If a wait in `f` was broken off because of this scope: cancelled, or expired.
    ///
    /// # Panics
    ///
    /// Outside a task, where `f` does, and if a task is in the scope already.
    #[track_caller]
    pub fn run<T>(&self, f: impl FnOnce() -> T) -> Result<T, Interrupted> {
        assert!(
            !self.0.taken.replace(true),
            "a task is in this scope already: make a scope for each run"
        );
        let outside = Outside(&self.0);
        let deadline = self.0.deadline.get();
        let expiry = deadline.map_or(Expiry::Never, Expiry::At);
        let entered = Entered::enter(Shield::Open, expiry);
        let (tid, poster) = PostHandle::of_running().expect("a scope was entered");
        // What others asked for while the entering yielded could not reach the scope yet.
        if self.0.deadline.get() != deadline {
            cancel::set_deadline(&poster, tid, entered.id(), self.0.deadline.get());
        }
        if let Some(cancelled) = self.0.cancelled.borrow().clone() {
            cancel::interrupt(&poster, tid, Some(entered.id()), cancelled);
        }
        self.0.inside.replace(Some((tid, entered.id(), poster)));
        let value = f();
        drop(outside);
        match entered.leave() {
            None => Ok(value),
            Some(interrupted) => Err(interrupted),
        }
    }

    /// Cancels the scope: the wait in it is broken off, and so is every later one. Not a call: it never
    /// suspends.
    pub fn cancel(&self, reason: &str) {
        let interrupted = Interrupted::cancelled(Tid::running(), reason);
        match &*self.0.inside.borrow() {
            Some((tid, id, poster)) => cancel::interrupt(poster, *tid, Some(*id), interrupted),
            None => _ = self.0.cancelled.borrow_mut().get_or_insert(interrupted),
        }
    }

    /// Moves the deadline, or takes it away; too late once the scope has expired. No call, as
    /// [`cancel`](Self::cancel).
    pub fn set_deadline(&self, at: Option<Instant>) {
        self.0.deadline.set(at);
        if let Some((tid, id, poster)) = &*self.0.inside.borrow() {
            cancel::set_deadline(poster, *tid, *id, at);
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inside = self.0.inside.borrow().as_ref().map(|inside| inside.0);
        write!(
            out,
            "Scope(deadline: {:?}, inside: {inside:?})",
            self.0.deadline.get()
        )
    }
}

/// Notes that no task is in the scope any more.
struct Outside<'s>(&'s ScopeState);

impl Drop for Outside<'_> {
    fn drop(&mut self) {
        self.0.inside.replace(None);
        self.0.taken.set(false);
    }
}
