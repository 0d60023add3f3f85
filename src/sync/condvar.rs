//! The condition variable: waiting under a mutex until something has changed.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::condvar_error::CondvarError;
use super::guard::MutexGuard;
use super::lock_error::LockError;
use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, WaitList, call};

/// Where tasks wait, without holding the mutex, until whoever changed what it protects notifies them.
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
#[derive(Clone)]
pub struct Condvar(Rc<Waiters>);

struct Waiters {
    list: WaitList,
    /// The number of the next who comes to wait.
    next: Cell<u64>,
    /// Notifications are for those with smaller numbers. The kernel reads them after the notifier's
    /// turn: if that ends in a wait here, the notifier is no longer to be found by its own.
    notified: Cell<u64>,
}

impl Condvar {
    /// One on which nobody waits.
    #[must_use]
    pub fn new() -> Self {
        Self(Rc::new(Waiters {
            list: WaitList::part_of("condition variable"),
            next: Cell::new(0),
            notified: Cell::new(0),
        }))
    }

    /// The same variable, which traces and reports call by this name.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.list.set_name(name);
        self
    }

    /// Unlocks the mutex, waits for a notification, and locks the mutex again.
    ///
    /// If the wait is interrupted, the mutex is locked again before this returns, however long that
    /// takes, and the error carries its guard. Who was notified first, and interrupted while it
    /// waited for the mutex, was notified: that is no error. A notification to a task that does not
    /// come back from here with it, say since it is killed, goes to whoever is next.
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
        let mutex = guard.mutex();
        let (error, guard) = match call(Wait::new(&self.0, guard)) {
            Ok(()) => {
                let unused = PassOn(&self.0);
                let guard = mutex.lock_again()?;
                std::mem::forget(unused);
                return Ok(guard);
            }
            Err((why, Some(guard))) => (why, guard),
            Err((why, None)) => (why, mutex.lock_again()?),
        };
        Err(CondvarError {
            error: LockError::Interrupted(error),
            guard: Some(guard),
        })
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

    /// Notifies whoever has waited longest, with or without holding the mutex. A post: it never
    /// suspends, works outside tasks and in destructors, and is read after the caller's turn.
    pub fn notify_one(&self) {
        self.0.notified.set(self.0.next.get());
        self.0.list.wake_one();
    }

    /// As [`notify_one`](Self::notify_one), for all who wait now.
    pub fn notify_all(&self) {
        self.0.notified.set(self.0.next.get());
        self.0.list.wake_all();
    }

    /// How many tasks wait for a notification.
    #[must_use]
    pub fn waiters(&self) -> usize {
        self.0.list.len()
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Condvar({}, {} waiting)", self.0.list, self.waiters())
    }
}

/// Passes a notification on, unless it was of use.
struct PassOn<'c>(&'c Waiters);

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        self.0.list.wake_one();
    }
}

/// Lets go of a mutex, and waits.
struct Wait<'c, 'm, T> {
    waiters: &'c Waiters,
    guard: Option<MutexGuard<'m, T>>,
    number: u64,
}

impl<'c, 'm, T> Wait<'c, 'm, T> {
    fn new(waiters: &'c Waiters, guard: MutexGuard<'m, T>) -> Self {
        Self {
            waiters,
            guard: Some(guard),
            number: u64::MAX,
        }
    }
}

impl<'m, T> SystemCall for Wait<'_, 'm, T> {
    /// An interruption gives the guard back if there was no wait.
    type Reply = Result<(), (Interrupted, Option<MutexGuard<'m, T>>)>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let Waiters {
            list,
            next,
            notified,
        } = self.waiters;
        // A destructor's call is abandoned at once: let it keep its guard.
        if std::thread::panicking() {
            return Answer::Wait;
        }
        if let Some(guard) = self.guard.take() {
            kernel.park(caller, list);
            self.number = next.replace(next.get() + 1);
            guard.unlock_for(caller);
        } else if !kernel.woken(caller) {
            kernel.park(caller, list);
        } else if self.number < notified.get() {
            return Answer::Done(Ok(()));
        } else {
            kernel.park_first(caller, list);
        }
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        if kernel.woken(caller) {
            drop(PassOn(self.waiters));
        }
        Err((why, self.guard.take()))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Wait({})", self.waiters.list)
    }
}
