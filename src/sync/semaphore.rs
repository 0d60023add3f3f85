//! Semaphores: a number of permits, lent to the first that comes.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::error::TryAcquireError;
use crate::kernel::{Interrupted, SystemCall, Tid, spend, spend_on_reading};
use crate::queue::{Queue, Take, Want, take};
use crate::shown::shown;

/// A counter of permits, to bound how many do something at once.
///
/// Strictly first in, first out: while a task waits no other overtakes it, also not for fewer permits
/// than it wants. (Dijkstra's P and V; that permits are guards is after tokio.)
///
/// ```
/// use coros::sync::Semaphore;
/// use coros::{run, spawn, yield_now};
///
/// run(|| {
///     let desks = Semaphore::new(2);
///     let workers: Vec<_> = (0..5)
///         .map(|_| {
///             let desks = desks.clone();
///             spawn(move || {
///                 let _desk = desks.acquire().unwrap();
///                 yield_now();
///                 desks.available()
///             })
///         })
///         .collect();
///     assert!(workers.iter().all(|worker| worker.join().unwrap() <= 1));
///     assert_eq!(desks.available(), 2);
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct Semaphore(pub(super) Rc<Permits>);

impl Semaphore {
    /// A semaphore with this many permits.
    #[must_use]
    pub fn new(permits: usize) -> Self {
        Self(Rc::new(Permits::new(permits)))
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.queue.list.set_name(name);
        self
    }

    /// Waits for a permit.
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
        self.acquire_many(1)
    }

    /// Waits for several permits, to be taken all at once. The first in the queue waits until there are
    /// as many as it wants; a task that wants fewer waits behind it.
    ///
    /// # Errors
    ///
    /// As [`acquire`](Self::acquire).
    ///
    /// # Panics
    ///
    /// As [`acquire`](Self::acquire).
    #[track_caller]
    pub fn acquire_many(&self, count: usize) -> Result<Permit, Interrupted> {
        spend();
        take(self.wanted(count))
    }

    /// The call that [`acquire`](Self::acquire) makes.
    pub fn acquiring(&self) -> impl SystemCall<Reply = Result<Permit, Interrupted>> + use<'_> {
        self.acquiring_many(1)
    }

    /// The call that [`acquire_many`](Self::acquire_many) makes.
    pub fn acquiring_many(
        &self,
        count: usize,
    ) -> impl SystemCall<Reply = Result<Permit, Interrupted>> + use<'_> {
        Take::new(self.wanted(count))
    }

    fn wanted(&self, count: usize) -> Permission<'_> {
        let permits = &self.0;
        Permission { permits, count }
    }

    /// Takes a permit, if there is one and no task queues for it. Never waits.
    ///
    /// # Errors
    ///
    /// [`TryAcquireError::WouldBlock`], if there is none, or others queue.
    #[track_caller]
    pub fn try_acquire(&self) -> Result<Permit, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Takes several permits, if there are as many and no task queues. Never waits.
    ///
    /// # Errors
    ///
    /// As [`try_acquire`](Self::try_acquire).
    #[track_caller]
    pub fn try_acquire_many(&self, count: usize) -> Result<Permit, TryAcquireError> {
        spend();
        let permit = self.wanted(count).at_once(Tid::running());
        permit
            .and_then(Result::ok)
            .ok_or(TryAcquireError::WouldBlock)
    }

    /// Adds permits, beside those that come back by themselves: for those that were
    /// [forgotten](Permit::forget), or to let a semaphore grow. Not a call: it never suspends.
    pub fn release(&self, count: usize) {
        self.0.put_back(count);
    }

    /// The same as [`release`](Self::release), by the name that tokio has for it.
    pub fn add_permits(&self, count: usize) {
        self.release(count);
    }

    /// How many permits could be taken, if no task queued for them.
    #[must_use]
    #[track_caller]
    pub fn available(&self) -> usize {
        spend_on_reading();
        self.0.available.get()
    }

    /// How many tasks wait.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.0.queue.len()
    }
}

shown!(impl Debug for Semaphore: self =>
    "Semaphore({}, {} available)", self.0.queue.list, self.0.available.get());

/// What the handles of a semaphore share.
pub(super) struct Permits {
    queue: Queue,
    pub(super) available: Cell<usize>,
    /// How many will come back by themselves, as their guards are dropped.
    pub(super) lent: Cell<usize>,
}

impl Permits {
    fn new(available: usize) -> Self {
        Self {
            queue: Queue::of("semaphore"),
            available: Cell::new(available),
            lent: Cell::new(0),
        }
    }

    fn take(self: &Rc<Self>, count: usize, holder: Option<Tid>) -> Option<Permit> {
        let left = self.available.get().checked_sub(count)?;
        self.available.set(left);
        self.lent.set(self.lent.get() + count);
        if let Some(tid) = holder {
            self.queue.list.taken_by(tid);
        }
        Some(Permit {
            permits: Rc::clone(self),
            count,
            holder,
        })
    }

    pub(super) fn put_back(&self, count: usize) {
        // No program counts so far; and a destructor must not panic.
        self.available
            .set(self.available.get().saturating_add(count));
        self.queue.call_next();
    }
}

/// A permit of a semaphore, or several: they go back when this is dropped, wherever that is. Not a call, so
/// dropping never suspends.
///
/// It is owned, so it may be moved into another task; in reports it is held by the task that acquired
/// it.
#[must_use = "a permit that is dropped at once protects nothing"]
pub struct Permit {
    permits: Rc<Permits>,
    count: usize,
    holder: Option<Tid>,
}

impl Permit {
    /// How many permits of the semaphore this is.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Lets the permits be gone for good, until as many are [released](super::Semaphore::release).
    pub fn forget(mut self) {
        self.settle();
    }

    /// Strikes it off the books; says how many permits it was.
    fn settle(&mut self) -> usize {
        if let Some(tid) = self.holder.take() {
            self.permits.queue.list.given_back_by(tid);
        }
        let count = std::mem::take(&mut self.count);
        self.permits.lent.set(self.permits.lent.get() - count);
        count
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let count = self.settle();
        if count > 0 {
            self.permits.put_back(count);
        }
    }
}

shown!(impl Debug for Permit: self => "Permit({} of {})", self.count, self.permits.queue.list);

/// What a task queues for: so many permits.
struct Permission<'s> {
    permits: &'s Rc<Permits>,
    count: usize,
}

impl Want for Permission<'_> {
    type Got = Permit;
    type Error = Interrupted;

    fn queue(&self) -> &Queue {
        &self.permits.queue
    }

    fn take(&mut self, caller: Option<Tid>) -> Option<Result<Permit, Interrupted>> {
        self.permits.take(self.count, caller).map(Ok)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => write!(out, "Acquire({})", self.queue().list),
            count => write!(out, "Acquire({count} of {})", self.queue().list),
        }
    }
}
