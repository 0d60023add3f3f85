//! Why a task has no value to hand over.

use std::any::Any;
use std::sync::{Mutex, PoisonError};

use crate::kernel::{Interrupted, Tid};
use crate::shown::{interruptible, shown};

/// Why a task has no value to hand over.
#[derive(Debug)]
#[non_exhaustive]
pub enum JoinError {
    /// It panicked.
    Panicked(Panic),
    /// It was killed.
    Killed(Tid),
    /// The caller's wait was broken off; the task goes on.
    Interrupted(Interrupted),
    /// The caller asked for its own end.
    WaitsForItself(Tid),
    /// The value was handed over before.
    Taken(Tid),
    /// The task is another scheduler's, so this one's caller cannot wait for it.
    OtherScheduler(Tid),
}

interruptible! {
    JoinError {
        Self::Panicked(panic) => format_args!("task {} panicked: {}", panic.tid, panic.message),
        Self::Killed(tid) => format_args!("task {tid} was killed"),
        Self::WaitsForItself(tid) => format_args!("task {tid} would wait for itself for ever"),
        Self::Taken(tid) => format_args!("the value of task {tid} was handed over before"),
        Self::OtherScheduler(tid) =>
            format_args!("task {tid} is another scheduler's: wait for it there"),
    }
}

/// A panic that ended a task.
pub struct Panic {
    pub(super) tid: Tid,
    pub(super) message: String,
    /// Behind a lock for one reason: errors are to be `Sync`, and a payload is not.
    pub(super) payload: Option<Mutex<Box<dyn Any + Send>>>,
}

impl Panic {
    /// What it said.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What was thrown, for `std::panic::resume_unwind`; a second join gets the message alone.
    #[must_use]
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        match self.payload.map(Mutex::into_inner) {
            Some(payload) => payload.unwrap_or_else(PoisonError::into_inner),
            None => Box::new(self.message),
        }
    }
}

shown!(impl Debug for Panic: self => "Panic({}, {:?})", self.tid, self.message);
