//! Handles: what comes of a task, for those who hold on to it. Floor 3, on calls only.

use std::any::Any;
use std::fmt;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use crate::kernel::{Answer, Exit, Interrupted, Keeper, Kernel, NoSuchTask, Poster};
use crate::kernel::{SystemCall, Tid, call};
use crate::machine::inside_task;
use crate::outcome::Outcome;
use crate::syscall::{WaitError, WaitTask};

/// A hold on a task: to wait for its value, or to kill it.
///
/// Dropping the handle leaves the task alone. The value of a task that has ended is there for as long
/// as the handle is, also when the scheduler is gone.
///
/// A handle belongs to its scheduler's thread:
///
/// ```compile_fail
/// let mut sched = coros::Scheduler::new();
/// let handle = sched.spawn(|| 1);
/// std::thread::spawn(move || handle.tid());
/// ```
///
/// and a task keeps what it uses:
///
/// ```compile_fail
/// let mut sched = coros::Scheduler::new();
/// let local = String::from("gone when the task runs");
/// sched.spawn(|| println!("{local}"));
/// ```
pub struct JoinHandle<T> {
    tid: Tid,
    outcome: Rc<Outcome<T>>,
    poster: Poster,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(tid: Tid, outcome: Rc<Outcome<T>>, poster: Poster) -> Self {
        Self {
            tid,
            outcome,
            poster,
        }
    }

    /// The handle of a task that could not be made, as if it had been killed at birth.
    pub(crate) fn stillborn(self) -> Self {
        self.outcome.keep(&Exit::Killed, None);
        self
    }

    /// Whose handle this is.
    #[must_use]
    pub fn tid(&self) -> Tid {
        self.tid
    }

    /// Whether the task has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.outcome.exit.get().is_some()
    }

    /// Waits until the task has ended, and hands over its value.
    ///
    /// May be repeated, if the wait was interrupted; the value is handed over once. If the caller is
    /// interrupted or killed, the task is left alone. Outside a task, only the value of a task that
    /// has ended can be had.
    ///
    /// # Errors
    ///
    /// See [`JoinError`].
    ///
    /// # Panics
    ///
    /// Outside a task, if the task has not ended.
    #[track_caller]
    pub fn join(&self) -> Result<T, JoinError> {
        if !self.is_finished() {
            assert!(
                inside_task(),
                "system call outside a task: task {} has not ended, and only a task can wait for it; \
                 let Scheduler::run go first",
                self.tid
            );
            match call(WaitTask(self.tid)) {
                Ok(_) => {}
                Err(WaitError::WaitsForItself(tid)) => return Err(JoinError::WaitsForItself(tid)),
                Err(WaitError::Interrupted(why)) => return Err(JoinError::Interrupted(why)),
                Err(WaitError::NoSuchTask(tid)) => return Err(JoinError::OtherScheduler(tid)),
            }
        }
        match self.outcome.exit.get().expect("it has ended") {
            Exit::Returned => self.outcome.value.take().ok_or(JoinError::Taken(self.tid)),
            Exit::Killed => Err(JoinError::Killed(self.tid)),
            Exit::Panicked(message) => Err(JoinError::Panicked(Panic {
                tid: self.tid,
                message: message.clone(),
                payload: self.outcome.payload.take().map(Mutex::new),
            })),
        }
    }

    /// Kills the task; see [`KillTask`](crate::syscall::KillTask). From outside a task, or from another
    /// scheduler's, before the next turn.
    ///
    /// # Errors
    ///
    /// If the task has ended or is dying already.
    pub fn kill(&self) -> Result<(), NoSuchTask> {
        if self.is_finished() {
            return Err(NoSuchTask(self.tid));
        }
        if inside_task() {
            return call(KillThroughHandle(self.tid, &self.poster));
        }
        self.poster.kill(self.tid);
        Ok(())
    }
}

/// Asks for a task's end, or leaves a post for the scheduler that has it.
struct KillThroughHandle<'h>(Tid, &'h Poster);

impl SystemCall for KillThroughHandle<'_> {
    type Reply = Result<(), NoSuchTask>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        if kernel.poster().is_same(self.1) {
            return Answer::Done(kernel.kill(self.0));
        }
        self.1.kill(self.0);
        Answer::Done(Ok(()))
    }

    /// Without a scheduler to serve it, the post will do.
    fn serve_alone(&mut self) -> Option<Self::Reply> {
        self.1.kill(self.0);
        Some(Ok(()))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "KillTask({})", self.0)
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "JoinHandle({}, {:?})",
            self.tid,
            self.outcome.exit.get()
        )
    }
}

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

impl fmt::Display for JoinError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(panic) => write!(out, "task {} panicked: {}", panic.tid, panic.message),
            Self::Killed(tid) => write!(out, "task {tid} was killed"),
            Self::Interrupted(why) => why.fmt(out),
            Self::WaitsForItself(tid) => write!(out, "task {tid} would wait for itself for ever"),
            Self::Taken(tid) => write!(out, "the value of task {tid} was handed over before"),
            Self::OtherScheduler(tid) => {
                write!(out, "task {tid} is another scheduler's: wait for it there")
            }
        }
    }
}

impl std::error::Error for JoinError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Interrupted(why) => Some(why),
            _ => None,
        }
    }
}

/// A panic that ended a task.
pub struct Panic {
    tid: Tid,
    message: String,
    /// Behind a lock for one reason: errors are to be `Sync`, and a payload is not.
    payload: Option<Mutex<Box<dyn Any + Send>>>,
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

impl fmt::Debug for Panic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Panic({}, {:?})", self.tid, self.message)
    }
}
