//! A semaphore that never has more permits than it began with.

use std::rc::Rc;

use super::error::{OverReleased, TryAcquireError};
use super::semaphore::{Permit, Semaphore};
use crate::kernel::{Interrupted, SystemCall};
use crate::shown::shown;

/// A [`Semaphore`] that never has more permits than it began with, so that a release too many is found
/// where it is made. (After Python's `threading.BoundedSemaphore`.)
///
/// ```
/// use coros::run;
/// use coros::sync::BoundedSemaphore;
///
/// run(|| {
///     let slots = BoundedSemaphore::new(1);
///     slots.acquire().unwrap().forget();
///     slots.release().unwrap();
///     assert!(slots.release().is_err(), "one too many");
///     assert_eq!(slots.available(), 1);
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct BoundedSemaphore {
    inner: Semaphore,
    bound: usize,
}

impl BoundedSemaphore {
    /// A semaphore with this many permits, and never more.
    #[must_use]
    pub fn new(permits: usize) -> Self {
        Self {
            inner: Semaphore::new(permits),
            bound: permits,
        }
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        Self {
            inner: self.inner.named(name),
            bound: self.bound,
        }
    }

    /// Waits for a permit, as [`Semaphore::acquire`] does.
    ///
    /// # Errors
    ///
    /// If the wait is interrupted; then no permit was taken.
    ///
    /// # Panics
    ///
    /// Outside a task, if there is none at once.
    #[track_caller]
    pub fn acquire(&self) -> Result<Permit, Interrupted> {
        self.inner.acquire()
    }

    /// Waits for several permits at once, as [`Semaphore::acquire_many`] does.
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// As [`acquire`](Self::acquire), and if there will never be as many.
    #[track_caller]
    pub fn acquire_many(&self, count: usize) -> Result<Permit, Interrupted> {
        assert!(
            count <= self.bound,
            "{count} permits of a semaphore that never has more than {}",
            self.bound
        );
        self.inner.acquire_many(count)
    }

    /// The call that [`acquire`](Self::acquire) makes.
    pub fn acquiring(&self) -> impl SystemCall<Reply = Result<Permit, Interrupted>> + use<'_> {
        self.inner.acquiring()
    }

    /// Takes a permit, if there is one and no task queues for it. Never waits.
    ///
    /// # Errors
    ///
    /// As [`Semaphore::try_acquire`].
    #[track_caller]
    pub fn try_acquire(&self) -> Result<Permit, TryAcquireError> {
        self.inner.try_acquire()
    }

    /// Gives back a permit that was [forgotten](Permit::forget). Not a call: it never suspends.
    ///
    /// # Errors
    ///
    /// If none was; then nothing is changed.
    pub fn release(&self) -> Result<(), OverReleased> {
        let permits = &self.inner.0;
        if permits.available.get() + permits.lent.get() >= self.bound {
            return Err(OverReleased { bound: self.bound });
        }
        permits.put_back(1);
        Ok(())
    }

    /// How many permits there are in all.
    #[must_use]
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// How many permits could be taken, if no task queued for them.
    #[must_use]
    #[track_caller]
    pub fn available(&self) -> usize {
        self.inner.available()
    }

    /// How many tasks wait.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        self.inner.waiters()
    }
}

shown!(impl Debug for BoundedSemaphore: self => "Bounded({:?}, bound {})", self.inner, self.bound);
