//! The condition variable: waiting under a mutex until something has changed.

use std::rc::Rc;

use super::condvar_wait::{CondvarError, CondvarWait, PassOn, WaitAndLock};
use super::error::LockError;
use super::lock_state::LockState;
use super::mutex::MutexGuard;
use crate::kernel::{SystemCall, WaitList, call, spend_on_reading};
use crate::scope::shielded;
use crate::shown::shown;

/// Where tasks wait, without holding the mutex, until a task that changed what it protects notifies
/// them.
///
/// As [`std::sync::Condvar`]: [`wait`](Self::wait) lets go of the mutex, waits, and has it again when
/// it returns. Letting go and beginning to wait are one step, so no notification falls in between.
/// Those are notified who wait at that moment, longest first; a notification without waiters does
/// nothing. What was waited for may be gone again by the time the mutex is had: look again, or use
/// [`wait_while`](Self::wait_while). A clone is another handle to the same variable.
///
/// ```
/// use coros::sync::{Condvar, LockError, Mutex};
/// use coros::{run, spawn};
///
/// run(|| {
///     let (belt, filled) = (Mutex::new(Vec::new()), Condvar::new().named("filled"));
///     let taker = spawn({
///         let (belt, filled) = (belt.clone(), filled.clone());
///         move || -> Result<_, LockError> {
///             let mut belt = filled.wait_while(belt.lock()?, |belt| belt.is_empty())?;
///             Ok(belt.pop().expect("it is not empty"))
///         }
///     });
///     belt.lock().unwrap().push("parcel");
///     filled.notify_one();
///     assert_eq!(taker.join().unwrap(), Ok("parcel"));
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct Condvar(WaitList);

impl Condvar {
    /// One on which no task waits.
    #[must_use]
    pub fn new() -> Self {
        Self(WaitList::part_of("condition variable"))
    }

    /// The same variable, which traces and reports call by this name.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.set_name(name);
        self
    }

    /// Unlocks the mutex, waits for a notification, and locks the mutex again.
    ///
    /// If the wait is interrupted, the mutex is locked again before this returns, however long that
    /// takes, and the error carries its guard. Who was notified first, and interrupted while it
    /// waited for the mutex, was notified: that is no error. A notification to a task that does not
    /// come back from here with it, say since it is killed, goes to the next.
    ///
    /// # Errors
    ///
    /// If the wait was interrupted, or the mutex was poisoned meanwhile; then without a guard.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn wait<'m, T>(
        &self,
        guard: MutexGuard<'m, T>,
    ) -> Result<MutexGuard<'m, T>, CondvarError<'m, T>> {
        let mutex = guard.state();
        let (error, guard) = match call(CondvarWait::new(&self.0, guard)) {
            Ok(()) => {
                let unused = PassOn(&self.0);
                let guard = lock_again(mutex)?;
                std::mem::forget(unused);
                return Ok(guard);
            }
            Err((why, Some(guard))) => (why, guard),
            Err((why, None)) => (why, lock_again(mutex)?),
        };
        Err(CondvarError {
            error: LockError::Interrupted(error),
            guard: Some(guard),
        })
    }

    /// Waits as [`wait`](Self::wait) does, as a call: a branch of [`select!`](macro@crate::select).
    ///
    /// It is answered with the guard when the task was notified and has the mutex again. If another
    /// branch is answered first, or the wait is interrupted, the mutex stays unlocked: its guard is gone,
    /// as if it had been dropped, and the error carries none. A notification that came meanwhile goes to
    /// the next.
    ///
    /// ```
    /// use std::time::Duration;
    /// use coros::sync::{Condvar, Mutex};
    /// use coros::{run, select, spawn, syscall::Sleep};
    ///
    /// run(|| {
    ///     let (count, changed) = (Mutex::new(0), Condvar::new());
    ///     let (theirs, notify) = (count.clone(), changed.clone());
    ///     let guard = count.lock().unwrap();
    ///     spawn(move || {
    ///         *theirs.lock().unwrap() += 1;
    ///         notify.notify_one();
    ///     });
    ///     let seen = select! {
    ///         guard = changed.waiting(guard) => *guard.unwrap(),
    ///         _ = Sleep(Duration::from_secs(5)) => panic!("no change"),
    ///     };
    ///     assert_eq!(seen, Ok(1));
    /// })
    /// .unwrap();
    /// ```
    pub fn waiting<'m, T>(
        &self,
        guard: MutexGuard<'m, T>,
    ) -> impl SystemCall<Reply = Result<MutexGuard<'m, T>, CondvarError<'m, T>>> + use<'_, 'm, T>
    {
        let lock = MutexGuard::locking(guard.state());
        WaitAndLock::new(CondvarWait::new(&self.0, guard), lock)
    }

    /// Waits until `condition` does not hold any more; looks before the first wait, too.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    ///
    /// # Panics
    ///
    /// As [`wait`](Self::wait), and where `condition` does.
    #[track_caller]
    pub fn wait_while<'m, T>(
        &self,
        mut guard: MutexGuard<'m, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> Result<MutexGuard<'m, T>, CondvarError<'m, T>> {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Notifies the task that has waited longest, with or without holding the mutex. Not a call: it never
    /// suspends, works outside tasks and in destructors.
    pub fn notify_one(&self) {
        self.0.wake_one();
    }

    /// As [`notify_one`](Self::notify_one), for all who wait now.
    pub fn notify_all(&self) {
        self.0.wake_all();
    }

    /// How many tasks wait for a notification.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.0.parked()
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

shown!(impl Debug for Condvar: self => "Condvar({}, {} waiting)", self.0, self.0.parked());

/// Locks a mutex for one that has let go for a while: nothing but a kill breaks it off.
#[track_caller]
fn lock_again<T>(mutex: &LockState<T>) -> Result<MutexGuard<'_, T>, LockError> {
    match MutexGuard::if_open(mutex) {
        Some(guard) => Ok(guard),
        None => shielded(|| MutexGuard::lock(mutex)),
    }
}
