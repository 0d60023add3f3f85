//! One piece of work on its way through a pool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::Result;

use crate::devices::WorkId;
use crate::kernel::Remote;

/// What a pool's thread does with a job.
pub(super) trait Work: Send + Sync {
    /// Does it, unless its result is not wanted any more. It never panics.
    fn run(&self);
}

/// Work that a task waits for.
pub(super) struct Job<F, T>(Mutex<Stage<F, T>>);

enum Stage<F, T> {
    Waiting(F, Waiter),
    /// As `Waiting`, without a task that waits.
    Disowned(F),
    Begun(Waiter),
    Ended(Result<T>),
    Abandoned,
}

/// The task to tell. It goes when that waits no more: a run does not wait for work for which no task waits.
struct Waiter {
    remote: Remote,
    id: WorkId,
}

/// What an abandoned job leaves to its caller.
pub(super) enum Remains<F, T> {
    /// Work that was never begun.
    Work(#[allow(dead_code, reason = "kept to be dropped")] F),
    /// A result that is not asked for any more.
    Result(#[allow(dead_code, reason = "kept to be dropped")] Result<T>),
}

impl<F, T> Job<F, T> {
    pub(super) fn new(work: F, remote: Remote, id: WorkId) -> Self {
        let waiter = Waiter { remote, id };
        Self(Mutex::new(Stage::Waiting(work, waiter)))
    }

    /// What came of it, if it has ended.
    pub(super) fn take_result(&self) -> Option<Result<T>> {
        let mut stage = self.lock();
        match std::mem::replace(&mut *stage, Stage::Abandoned) {
            Stage::Ended(result) => Some(result),
            other => {
                *stage = other;
                None
            }
        }
    }

    /// No task waits for it any more; gives back what the thread has no more to do with.
    pub(super) fn abandon(&self) -> Option<Remains<F, T>> {
        match self.exchange(Stage::Abandoned) {
            Stage::Waiting(work, _) => Some(Remains::Work(work)),
            Stage::Ended(result) => Some(Remains::Result(result)),
            Stage::Disowned(_) | Stage::Begun(_) | Stage::Abandoned => None,
        }
    }

    /// As `abandon`, but the thread does it all the same.
    pub(super) fn disown(&self) -> Option<Remains<F, T>> {
        let mut stage = self.lock();
        match std::mem::replace(&mut *stage, Stage::Abandoned) {
            Stage::Waiting(work, waiter) => {
                *stage = Stage::Disowned(work);
                drop(stage);
                drop(waiter);
                None
            }
            Stage::Ended(result) => Some(Remains::Result(result)),
            Stage::Disowned(_) | Stage::Begun(_) | Stage::Abandoned => None,
        }
    }

    fn begin(&self) -> Option<F> {
        let mut stage = self.lock();
        match std::mem::replace(&mut *stage, Stage::Abandoned) {
            Stage::Waiting(work, waiter) => {
                *stage = Stage::Begun(waiter);
                Some(work)
            }
            Stage::Disowned(work) => Some(work),
            _ => None,
        }
    }

    /// Leaves the result for the task that waits; gives it back if none does.
    fn end(&self, result: Result<T>) -> Option<Result<T>> {
        let mut stage = self.lock();
        match std::mem::replace(&mut *stage, Stage::Abandoned) {
            Stage::Begun(waiter) => {
                *stage = Stage::Ended(result);
                drop(stage);
                waiter.remote.end(waiter.id);
                None
            }
            _ => Some(result),
        }
    }

    fn exchange(&self, stage: Stage<F, T>) -> Stage<F, T> {
        std::mem::replace(&mut *self.lock(), stage)
    }

    /// None of the users' code runs under this lock, so what it guards is whole.
    fn lock(&self) -> MutexGuard<'_, Stage<F, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send, F: FnOnce() -> T + Send> Work for Job<F, T> {
    fn run(&self) {
        if let Some(work) = self.begin() {
            let unwanted = self.end(catch_unwind(AssertUnwindSafe(work)));
            drop_without_panic(unwanted);
        }
    }
}

/// Work that a thread waits for.
pub(super) struct ThreadJob<F, T>(Mutex<Option<(F, Sender<Result<T>>)>>);

impl<F, T> ThreadJob<F, T> {
    pub(super) fn new(work: F, done: Sender<Result<T>>) -> Self {
        Self(Mutex::new(Some((work, done))))
    }
}

impl<T: Send, F: FnOnce() -> T + Send> Work for ThreadJob<F, T> {
    fn run(&self) {
        let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((work, done)) = work {
            // The thread that waits has nowhere else to go.
            _ = done.send(catch_unwind(AssertUnwindSafe(work)));
        }
    }
}

/// Drops what is not wanted any more; a panic of its destructor is lost.
pub(super) fn drop_without_panic<T>(unwanted: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(unwanted))) {
        // Dropping what it threw might panic again.
        std::mem::forget(payload);
    }
}
