//! Guards: what a lock gives to those who may use its value.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use super::error::{LockError, TryLockError, UnlockError};
use super::lock_state::{Hold, LockState, Way};
use crate::kernel::{SystemCall, Tid, spend};
use crate::queue::{Queue, Take, Want, take};
use crate::shown::described;

/// A hold on a lock, and the way to its value. Dropping it ends the hold; if that was the last one, the
/// lock goes to the task that has waited longest.
///
/// Dropping never suspends. Dropped by another task than the owner it ends the hold all the same, and
/// says so in the log at `warn`; [`unlock`](Self::unlock) refuses that instead.
///
/// This is what the guards of all locks share: [`MutexGuard`](super::MutexGuard),
/// [`RLockGuard`](super::RLockGuard), [`RwLockReadGuard`](super::RwLockReadGuard) and
/// [`RwLockWriteGuard`](super::RwLockWriteGuard) are a `Guard` each.
#[must_use = "a hold ends as soon as its guard is dropped"]
pub struct Guard<'l, W: Way, T, V> {
    // Dropped in this order: the value is given back before the next may have it.
    value: V,
    hold: Hold<'l, W, T>,
}

impl<'l, W: Way, T> Guard<'l, W, T, W::Borrow<'l, T>> {
    /// Waits for a hold, unless it is had at once.
    #[inline(always)]
    #[track_caller]
    pub(super) fn lock(state: &'l LockState<T>) -> Result<Self, LockError> {
        spend();
        if state.is_open::<W>() {
            return Ok(Self::given(state, Tid::running()));
        }
        Self::wait_for(state)
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn wait_for(state: &'l LockState<T>) -> Result<Self, LockError> {
        take(LockRequest::new(state))
    }

    /// The call that [`lock`](Self::lock) waits in.
    pub(super) fn locking(
        state: &'l LockState<T>,
    ) -> impl SystemCall<Reply = Result<Self, LockError>> + use<'l, W, T> {
        Take::new(LockRequest::new(state))
    }

    /// A hold, if it is had at once.
    #[track_caller]
    pub(super) fn try_lock(state: &'l LockState<T>) -> Result<Self, TryLockError> {
        spend();
        let caller = Tid::running();
        state.at_once::<W>(caller)?;
        Ok(Self::given(state, caller))
    }

    /// A hold, if the lock is free and no task queues for it; pays for nothing.
    pub(super) fn if_open(state: &'l LockState<T>) -> Option<Self> {
        let is_open = state.is_open::<W>();
        is_open.then(|| Self::given(state, Tid::running()))
    }

    /// A hold, if it may be had, or why it never will be; `None` if it is to be waited for.
    #[inline(always)]
    fn had(
        state: &'l LockState<T>,
        may: Result<(), TryLockError>,
        owner: Option<Tid>,
    ) -> Option<Result<Self, LockError>> {
        match may {
            Ok(()) => Some(Ok(Self::given(state, owner))),
            Err(TryLockError::WouldBlock) => None,
            Err(why) => Some(Err(never(why))),
        }
    }

    #[inline(always)]
    fn given(state: &'l LockState<T>, owner: Option<Tid>) -> Self {
        // The value first: its borrow may panic, as far as the compiler knows, and drop what is there.
        let value = W::borrow(&state.value);
        let hold = state.give(owner);
        Self { value, hold }
    }
}

/// Why no wait could bring the lock.
#[cold]
#[inline(never)]
fn never(why: TryLockError) -> LockError {
    match why {
        TryLockError::Poisoned => LockError::Poisoned,
        _ => LockError::WouldDeadlock,
    }
}

/// What a task queues for that locks in this way.
struct LockRequest<'l, W, T> {
    state: &'l LockState<T>,
    way: PhantomData<W>,
}

impl<'l, W, T> LockRequest<'l, W, T> {
    fn new(state: &'l LockState<T>) -> Self {
        let way = PhantomData;
        Self { state, way }
    }
}

impl<'l, W: Way, T> Want for LockRequest<'l, W, T> {
    type Got = Guard<'l, W, T, W::Borrow<'l, T>>;
    type Error = LockError;

    fn queue(&self) -> &Queue {
        &self.state.queue
    }

    #[inline(always)]
    fn at_once(&mut self, caller: Option<Tid>) -> Option<Result<Self::Got, LockError>> {
        Guard::had(self.state, self.state.at_once::<W>(caller), caller)
    }

    #[inline(always)]
    fn take(&mut self, caller: Option<Tid>) -> Option<Result<Self::Got, LockError>> {
        Guard::had(self.state, self.state.in_turn::<W>(), caller)
    }

    fn is_some_left(&self) -> bool {
        self.state.lets_in_another()
    }

    described!(self => "{}({})", W::VERB, self.state.queue.list);
}

impl<'l, W: Way, T, V> Guard<'l, W, T, V> {
    /// Ends the hold, if it is the caller's.
    ///
    /// # Errors
    ///
    /// Gives the guard back, and leaves the lock to its owner, if that is another task.
    ///
    /// ```
    /// use coros::{run, sync::{Mutex, MutexGuard}};
    ///
    /// let mutex = Mutex::new(());
    /// run(move || {
    ///     let guard = mutex.lock().unwrap();
    ///     MutexGuard::unlock(guard).unwrap();
    ///     assert!(!mutex.is_locked());
    /// })
    /// .unwrap();
    /// ```
    pub fn unlock(guard: Self) -> Result<(), UnlockError<Self>> {
        if guard.hold.is_callers() {
            return Ok(());
        }
        Err(UnlockError::NotOwner(guard))
    }

    /// The lock without its handles, to lock it again.
    pub(super) fn state(&self) -> &'l LockState<T> {
        self.hold.state
    }

    /// Ends the hold for a task that is suspended, in a call that hands the guard over.
    pub(super) fn unlock_for(self, caller: Tid) {
        let Self { value, hold } = self;
        drop(value);
        hold.end_by(caller);
    }
}

impl<W: Way, T, V: Deref> Deref for Guard<'_, W, T, V> {
    type Target = V::Target;

    #[inline(always)]
    fn deref(&self) -> &V::Target {
        &self.value
    }
}

impl<W: Way, T, V: DerefMut> DerefMut for Guard<'_, W, T, V> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut V::Target {
        &mut self.value
    }
}

impl<W: Way, T, V: fmt::Debug> fmt::Debug for Guard<'_, W, T, V> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(out)
    }
}

impl<W: Way, T, V: fmt::Display> fmt::Display for Guard<'_, W, T, V> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(out)
    }
}
