//! Handles: what comes of a task, for those who hold on to it. Floor 3, on calls only.

mod any;
mod error;
mod several;

use std::fmt;
use std::rc::Rc;
use std::sync::Mutex;

pub use any::{Waited, wait_all, wait_any, wait_first_failed};
pub use error::{JoinError, Panic};
pub use several::{Waitable, Waitables};

use crate::kernel::{
    Answer, Exit, ExitSink, Interrupted, Kernel, NoSuchTask, PostHandle, SystemCall, Tid, call,
    cancel, notes, spend, spend_on_reading,
};
use crate::machine::inside_task;
use crate::outcome::Outcome;
use crate::syscall::{WaitError, WaitTask};
use crate::wakers::Wakers;

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
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct JoinHandle<T> {
    tid: Tid,
    outcome: Rc<Outcome<T>>,
    poster: PostHandle,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(tid: Tid, outcome: Rc<Outcome<T>>, poster: PostHandle) -> Self {
        Self {
            tid,
            outcome,
            poster,
        }
    }

    /// The handle of a task that could not be made, as if it had been killed at birth.
    pub(crate) fn stillborn(self) -> Self {
        self.outcome.deliver(&Exit::Killed, None);
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
        spend_on_reading();
        self.outcome.has_ended()
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
        if self.outcome.has_ended() {
            spend_on_reading();
            return self.value();
        }
        assert!(
            inside_task(),
            "system call outside a task: task {} has not ended, and only a task can wait for it; \
             let Scheduler::run go first",
            self.tid
        );
        call(self.joining())
    }

    /// The call that [`join`](Self::join) makes, for [`select!`](macro@crate::select).
    ///
    /// ```
    /// use std::time::Duration;
    /// use coros::{run, select, sleep, spawn, syscall::Sleep};
    ///
    /// run(|| {
    ///     let slow = spawn(|| sleep(Duration::from_secs(60)));
    ///     let first = select! {
    ///         _ = slow.joining() => "joined",
    ///         _ = Sleep(Duration::from_millis(1)) => "slept",
    ///     };
    ///     assert_eq!(first, Ok("slept"));
    ///     slow.kill().unwrap();
    /// })
    /// .unwrap();
    /// ```
    pub fn joining(&self) -> impl SystemCall<Reply = Result<T, JoinError>> {
        Join(self)
    }

    /// What came of the task, if it has ended.
    pub(crate) fn value_if_ended(&self) -> Option<Result<T, JoinError>> {
        self.outcome.has_ended().then(|| self.value())
    }

    /// The futures that wait for its end.
    pub(crate) fn wakers(&self) -> &Wakers {
        &self.outcome.wakers
    }

    /// What came of a task that has ended.
    fn value(&self) -> Result<T, JoinError> {
        notes::note_join(self.tid);
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

    /// Cancels the task, cooperatively: the wait that it is in returns `Err(Interrupted)`, and so does
    /// every later one, except under a [`shield`](crate::shield). What was granted to it before stays
    /// granted. One that has ended is left alone.
    ///
    /// Not a call: it never suspends, and works outside tasks and in destructors. The task goes to the tail of
    /// the run queue at once, and has its error at its turn.
    ///
    /// ```
    /// use coros::{run, sleep, spawn, yield_now};
    ///
    /// run(|| {
    ///     let sleeper = spawn(|| sleep(std::time::Duration::from_secs(60)));
    ///     yield_now();
    ///     sleeper.cancel("good morning");
    ///     let interrupted = sleeper.join().unwrap().unwrap_err();
    ///     assert_eq!(interrupted.reason(), Some("good morning"));
    /// })
    /// .unwrap();
    /// ```
    pub fn cancel(&self, reason: &str) {
        let interrupted = Interrupted::cancelled(Tid::running(), reason);
        cancel::interrupt(&self.poster, self.tid, None, interrupted);
    }

    /// Kills the task; see [`KillTask`](crate::syscall::KillTask). From outside a task, or from another
    /// scheduler's, before the next turn.
    ///
    /// # Errors
    ///
    /// If the task has ended or is dying already.
    #[track_caller]
    pub fn kill(&self) -> Result<(), NoSuchTask> {
        if self.outcome.has_ended() {
            spend();
            return Err(NoSuchTask(self.tid));
        }
        if inside_task() {
            return call(KillThroughHandle(self.tid, &self.poster));
        }
        self.poster.kill(self.tid);
        Ok(())
    }
}

/// Waits for the end of a task, and asks for its value.
struct Join<'h, T>(&'h JoinHandle<T>);

impl<T> SystemCall for Join<'_, T> {
    type Reply = Result<T, JoinError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if self.0.outcome.has_ended() {
            return Answer::Done(self.0.value());
        }
        Answer::Done(Err(match WaitTask(self.0.tid).serve(kernel, caller) {
            Answer::Wait => return Answer::Wait,
            Answer::Done(Ok(_)) => return Answer::Done(self.0.value()),
            Answer::Done(Err(WaitError::WaitsForItself(tid))) => JoinError::WaitsForItself(tid),
            Answer::Done(Err(WaitError::Interrupted(why))) => JoinError::Interrupted(why),
            Answer::Done(Err(WaitError::NoSuchTask(tid))) => JoinError::OtherScheduler(tid),
        }))
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(JoinError::Interrupted(why))
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        WaitTask(self.0.tid).describe(out)
    }
}

/// Asks for a task's end, or leaves a post for the scheduler that has it.
struct KillThroughHandle<'h>(Tid, &'h PostHandle);

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
        let exit = self.outcome.exit.get();
        write!(out, "JoinHandle({}, {exit:?})", self.tid)
    }
}
