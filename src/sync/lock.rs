//! What a mutex, a reentrant lock and a read-write lock have in common.

use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::lock_state::LockState;
use crate::kernel::{Holding, spend_on_reading};

/// A value that tasks use one after the other, or together, as the lock's protocol allows.
///
/// This is what all locks share: a [`Mutex`](super::Mutex), an [`RLock`](super::RLock) and an
/// [`RwLock`](super::RwLock) are a `Lock` each, and say how they are locked. A clone is another handle to
/// the same lock.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Lock<P, T> {
    pub(super) state: Rc<LockState<T>>,
    protocol: PhantomData<P>,
}

/// Who may hold a lock at a time.
pub trait Protocol {
    /// The type, as `Debug` names it.
    const NAME: &'static str;

    /// What reports call it.
    const KIND: &'static str;

    /// What it takes of the holders to end a wait, unless one of them writes.
    const HOLDING: Holding = Holding::Any;

    /// Says how the lock is held, with so many holds.
    fn describe(holds: isize, out: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<P: Protocol, T> Lock<P, T> {
    /// A lock that is free.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self {
            state: Rc::new(LockState::new(P::KIND, P::HOLDING, value)),
            protocol: PhantomData,
        }
    }

    /// The same lock, which traces and reports call by this name.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.state.queue.list.set_name(name);
        self
    }

    /// Whether a task panicked or was killed while it could change the value. A reader cannot.
    #[must_use]
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        spend_on_reading();
        self.state.poisoned.get()
    }

    /// Lets the lock be locked again; its value is as it was left.
    pub fn clear_poison(&self) {
        self.state.poisoned.set(false);
    }

    /// How many tasks wait for the lock.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.state.queue.len()
    }

    /// The value, poisoned or not.
    ///
    /// # Errors
    ///
    /// Gives the lock back if there are other handles to it.
    pub fn into_inner(self) -> Result<T, Self> {
        match Rc::try_unwrap(self.state) {
            Ok(state) => Ok(state.value.into_inner()),
            Err(state) => Err(Self { state, ..self }),
        }
    }

    /// How many holds there are; -1 if there is one that lets no second one in.
    #[track_caller]
    pub(super) fn count(&self) -> isize {
        spend_on_reading();
        self.state.holds.get()
    }
}

impl<P, T> Clone for Lock<P, T> {
    fn clone(&self) -> Self {
        Self {
            state: Rc::clone(&self.state),
            protocol: PhantomData,
        }
    }
}

impl<P: Protocol, T: Default> Default for Lock<P, T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<P: Protocol, T> fmt::Debug for Lock<P, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = &*self.state;
        write!(out, "{}({}, ", P::NAME, state.queue.list)?;
        match state.holds.get() {
            0 if state.poisoned.get() => out.write_str("poisoned")?,
            0 => out.write_str("free")?,
            holds => P::describe(holds, out)?,
        }
        write!(out, ", {} waiting)", state.queue.len())
    }
}
