//! Waits on a condition variable: the calls, and how they fail.

use std::error::Error;
use std::fmt;

use super::error::LockError;
use super::mutex::MutexGuard;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, WaitList};
use crate::shown::{described, shown};

/// Passes a notification on, unless it was of use.
pub(super) struct PassOn<'c>(pub(super) &'c WaitList);

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        self.0.wake_one();
    }
}

/// Lets go of a mutex, and waits: it is the notification that takes a task out of the list.
pub(super) struct CondvarWait<'c, 'm, T> {
    list: &'c WaitList,
    /// Until it waits.
    guard: Option<MutexGuard<'m, T>>,
}

impl<'c, 'm, T> CondvarWait<'c, 'm, T> {
    pub(super) fn new(list: &'c WaitList, guard: MutexGuard<'m, T>) -> Self {
        let guard = Some(guard);
        Self { list, guard }
    }

    /// Ends the wait; gives the guard back if the mutex was not let go of.
    fn give_up(&mut self, kernel: &mut Kernel, caller: Tid) -> Option<MutexGuard<'m, T>> {
        if kernel.woken(caller) {
            drop(PassOn(self.list));
        }
        self.guard.take()
    }
}

impl<'m, T> SystemCall for CondvarWait<'_, 'm, T> {
    /// An interruption gives the guard back if there was no wait.
    type Reply = Result<(), (Interrupted, Option<MutexGuard<'m, T>>)>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        // A destructor's call is abandoned at once: let it keep its guard.
        if std::thread::panicking() {
            return Answer::Wait;
        }
        if let Some(guard) = self.guard.take() {
            kernel.park(caller, self.list);
            guard.unlock_for(caller);
        } else if kernel.woken(caller) {
            return Answer::Done(Ok(()));
        }
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        Err((why, self.give_up(kernel, caller)))
    }

    described!(self => "Wait({})", self.list);
}

/// Lets go of a mutex, waits for a notification, and then for the mutex.
pub(super) struct WaitAndLock<'c, 'm, T, L> {
    wait: CondvarWait<'c, 'm, T>,
    lock: L,
    /// The notification, once it has come: passed on if the mutex is not had.
    notified: Option<PassOn<'c>>,
}

impl<'c, 'm, T, L> WaitAndLock<'c, 'm, T, L> {
    pub(super) fn new(wait: CondvarWait<'c, 'm, T>, lock: L) -> Self {
        Self {
            wait,
            lock,
            notified: None,
        }
    }
}

impl<'m, T, L> SystemCall for WaitAndLock<'_, 'm, T, L>
where
    L: SystemCall<Reply = Result<MutexGuard<'m, T>, LockError>>,
{
    type Reply = Result<MutexGuard<'m, T>, CondvarError<'m, T>>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if self.notified.is_none() {
            if let Answer::Wait = self.wait.serve(kernel, caller) {
                return Answer::Wait;
            }
            self.notified = Some(PassOn(self.wait.list));
        }
        match self.lock.serve(kernel, caller) {
            Answer::Done(Ok(guard)) => {
                std::mem::forget(self.notified.take());
                Answer::Done(Ok(guard))
            }
            Answer::Done(Err(error)) => {
                self.notified = None;
                Answer::Done(Err(error.into()))
            }
            Answer::Wait => Answer::Wait,
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        if let Some(_passed_on) = self.notified.take() {
            _ = self.lock.abandon(kernel, caller, why.clone());
        } else if let Some(guard) = self.wait.give_up(kernel, caller) {
            // Here, for the caller: one who drops the error may be the kernel.
            guard.unlock_for(caller);
        }
        Err(LockError::Interrupted(why).into())
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.notified {
            Some(_) => self.lock.describe(out),
            None => self.wait.describe(out),
        }
    }
}

/// Why a wait on a [`Condvar`](super::Condvar) ended without a notification. The mutex is locked again,
/// if there is a guard; `?` turns this into a [`LockError`], and unlocks it.
pub struct CondvarError<'m, T> {
    /// What broke the wait off.
    pub error: LockError,
    /// The mutex, locked again; `None` if it is poisoned, and from [`Condvar::waiting`](super::Condvar::waiting).
    pub guard: Option<MutexGuard<'m, T>>,
}

impl<T> From<LockError> for CondvarError<'_, T> {
    fn from(error: LockError) -> Self {
        Self { error, guard: None }
    }
}

impl<T> From<CondvarError<'_, T>> for LockError {
    fn from(error: CondvarError<'_, T>) -> Self {
        error.error
    }
}

impl<T> fmt::Display for CondvarError<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(out)
    }
}

shown!(impl<T> Debug for CondvarError<'_, T>: self =>
    "CondvarError({:?}, has guard: {})", self.error, self.guard.is_some());

impl<T> Error for CondvarError<'_, T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
