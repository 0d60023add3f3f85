//! The reentrant lock: one task at a time, which may lock it again.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use super::enter::Enter;
use super::error::{LockError, TryLockError, UnlockError};
use super::exclusive::Exclusive;
use super::owner::Owner;
use crate::kernel::{SystemCall, Tid, call, spend, spend_on_reading};

/// A value that one task at a time may use, and that its owner may lock again and again.
///
/// It is free when the last guard is dropped. Since there can be several guards, they give shared
/// access alone: put a `Cell` or a `RefCell` inside to change the value. Order, cancellation and
/// poison are as with a [`Mutex`](super::Mutex): a panic or a kill poisons it that unwinds through any
/// of its guards. (The idea is Java's monitor.)
///
/// ```
/// use std::cell::Cell;
/// use coros::{run, sync::RLock};
///
/// let counter = RLock::new(Cell::new(1));
/// let counted = run(move || {
///     let outer = counter.lock().unwrap();
///     let inner = counter.lock().unwrap();
///     inner.set(outer.get() + 1);
///     counter.holds()
/// });
/// assert_eq!(counted.unwrap(), 2);
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct RLock<T>(Rc<Inner<T>>);

struct Inner<T> {
    lock: Exclusive,
    /// How many guards its owner has.
    holds: Cell<usize>,
    value: T,
}

impl<T> RLock<T> {
    /// A lock that is free.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Rc::new(Inner {
            lock: Exclusive::of("reentrant lock"),
            holds: Cell::new(0),
            value,
        }))
    }

    /// The same lock, which traces and reports call by this name.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.lock.queue.list.set_name(name);
        self
    }

    /// Locks it, at once if the caller holds it or it is free; else waits until all who came before
    /// have had it.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted, or the lock is poisoned.
    ///
    /// # Panics
    ///
    /// Outside a task, if a task holds the lock.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> Result<RLockGuard<'_, T>, LockError> {
        spend();
        match self.at_once(Tid::running()) {
            Some(got) => got,
            None => call(self.locking()),
        }
    }

    /// The call that [`lock`](Self::lock) waits in.
    pub fn locking(&self) -> impl SystemCall<Reply = Result<RLockGuard<'_, T>, LockError>> {
        let lock = &self.0.lock;
        Enter::new(
            "Lock",
            &lock.queue,
            |caller| self.at_once(Some(caller)),
            |caller| Some(lock.give_in_turn(caller)?.map(|owner| self.guard(owner))),
        )
    }

    /// Locks it if the caller holds it, or it is free and nobody waits for it.
    ///
    /// # Errors
    ///
    /// If others hold it or queue for it, or it is poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> Result<RLockGuard<'_, T>, TryLockError> {
        spend();
        match self.at_once(Tid::running()) {
            Some(Ok(guard)) => Ok(guard),
            Some(Err(_)) => Err(TryLockError::Poisoned),
            None => Err(TryLockError::WouldBlock),
        }
    }

    /// What the caller gets without queueing, if anything.
    #[inline(always)]
    fn at_once(&self, caller: Option<Tid>) -> Option<Result<RLockGuard<'_, T>, LockError>> {
        let lock = &self.0.lock;
        if lock.is_open() {
            return Some(Ok(self.guard(lock.give(caller))));
        }
        if lock.poisoned.get() {
            return Some(Err(LockError::Poisoned));
        }
        lock.is_held_by(caller)
            .then(|| Ok(self.guard(Owner::new(caller))))
    }

    #[inline(always)]
    fn guard(&self, owner: Owner) -> RLockGuard<'_, T> {
        self.0.holds.set(self.0.holds.get() + 1);
        RLockGuard { lock: self, owner }
    }

    /// How many times the lock is held, all by the same owner.
    #[must_use]
    #[track_caller]
    pub fn holds(&self) -> usize {
        spend_on_reading();
        self.0.holds.get()
    }

    /// Whether somebody panicked or was killed while holding the lock.
    #[must_use]
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        spend_on_reading();
        self.0.lock.poisoned.get()
    }

    /// Lets it be locked again; its value is as it was left.
    pub fn clear_poison(&self) {
        self.0.lock.poisoned.set(false);
    }

    /// Whether somebody holds the lock.
    #[must_use]
    #[track_caller]
    pub fn is_locked(&self) -> bool {
        spend_on_reading();
        self.0.lock.is_held()
    }

    /// How many tasks wait for the lock.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.0.lock.queue.len()
    }

    /// The value, poisoned or not.
    ///
    /// # Errors
    ///
    /// Gives the lock back if there are other handles to it.
    pub fn into_inner(self) -> Result<T, Self> {
        match Rc::try_unwrap(self.0) {
            Ok(inner) => Ok(inner.value),
            Err(shared) => Err(Self(shared)),
        }
    }
}

impl<T> Clone for RLock<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> fmt::Debug for RLock<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { lock, holds, .. } = &*self.0;
        write!(out, "RLock({lock:?}, {} holds)", holds.get())
    }
}

/// One hold on an [`RLock`], and the way to its value; dropping the last of them unlocks it.
///
/// Dropping never suspends. Dropped by another task than the owner it counts all the same, and says so
/// in the log at `warn`.
#[must_use = "a hold ends as soon as its guard is dropped"]
pub struct RLockGuard<'l, T> {
    lock: &'l RLock<T>,
    owner: Owner,
}

impl<T> RLockGuard<'_, T> {
    /// Ends this hold, if it is the caller's.
    ///
    /// # Errors
    ///
    /// Gives the guard back, and leaves the lock to its owner, if that is another task.
    pub fn unlock(guard: Self) -> Result<(), UnlockError<Self>> {
        if guard.owner.is_caller() {
            return Ok(());
        }
        Err(UnlockError::NotOwner(guard))
    }
}

impl<T> Deref for RLockGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.lock.0.value
    }
}

impl<T: fmt::Debug> fmt::Debug for RLockGuard<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, out)
    }
}

impl<T> Drop for RLockGuard<'_, T> {
    fn drop(&mut self) {
        let Inner { lock, holds, .. } = &*self.lock.0;
        if self.owner.is_torn_away() {
            lock.poisoned.set(true);
        }
        holds.set(holds.get() - 1);
        if holds.get() == 0 {
            lock.take_back(&self.owner);
        }
        if !self.owner.is_caller() {
            self.owner.warn_of(Tid::running(), &lock.queue.list);
        }
    }
}
