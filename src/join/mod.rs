//! Handles: to wait for a task, and to get what it returned or threw. Floor 3, on calls only.

mod any;
mod error;
mod several;

use std::fmt;
use std::sync::Mutex;

pub use any::{Waited, wait_all, wait_any, wait_first_failed};
pub use error::{JoinError, Panic};
pub use several::{Waitable, Waitables};

use crate::kernel::{
    Answer, Exit, Interrupted, Kernel, NoSuchTask, PostHandle, SystemCall, TaskHandle, TaskSlot,
    Tid, World, call, cancel, notes, spend, spend_on_reading,
};
use crate::machine::{TaskRef, inside_task};
use crate::shown::{described, shown};
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
    /// None of a task that could not be made; it counts as killed.
    task: Option<TaskHandle>,
    take_value: fn(&TaskHandle) -> Option<T>,
}

/// The futures that wait for the end of a task.
#[derive(Default)]
struct EndWakers(Wakers);

impl TaskSlot for EndWakers {
    fn ended(&self, _: &mut World, _: &TaskRef) {
        self.0.call();
    }
}

impl<T> JoinHandle<T> {
    /// The handle of a task whose outcome is wanted, or of one that could not be made.
    #[inline]
    pub(crate) fn new(task: Option<TaskHandle>) -> Self
    where
        T: 'static,
    {
        Self {
            task,
            take_value: TaskHandle::take_value,
        }
    }

    /// Whose handle this is.
    #[must_use]
    pub fn tid(&self) -> Tid {
        self.task.as_ref().map_or(Tid::NONE, TaskHandle::tid)
    }

    /// How the task ended, if it has.
    fn ended(&self) -> Option<Exit> {
        self.task
            .as_ref()
            .map_or(Some(Exit::Killed), TaskHandle::exit)
    }

    #[inline]
    fn has_ended(&self) -> bool {
        self.task.as_ref().is_none_or(TaskHandle::has_ended)
    }

    /// The futures that wait for its end.
    pub(crate) fn wakers(&self) -> &Wakers {
        let task = self
            .task
            .as_ref()
            .expect("only a task that was made goes on");
        &task.slots().get_or_default::<EndWakers>().0
    }

    /// Whether the task has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        spend_on_reading();
        self.has_ended()
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
        if self.has_ended() {
            spend_on_reading();
            return self.value();
        }
        assert!(
            inside_task(),
            "system call outside a task: task {} has not ended, and only a task can wait for it; \
             let Scheduler::run go first",
            self.tid()
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

    /// What the task returned or threw, if it has ended.
    pub(crate) fn value_if_ended(&self) -> Option<Result<T, JoinError>> {
        self.has_ended().then(|| self.value())
    }

    /// What a task that has ended returned or threw.
    fn value(&self) -> Result<T, JoinError> {
        let tid = self.tid();
        notes::note_join(tid);
        let Some(task) = &self.task else {
            return Err(JoinError::Killed(tid));
        };
        match task.exit().expect("it has ended") {
            Exit::Returned => (self.take_value)(task).ok_or_else(|| JoinError::Taken(tid)),
            Exit::Killed => Err(JoinError::Killed(tid)),
            Exit::Panicked(message) => Err(JoinError::Panicked(Panic {
                tid,
                message,
                payload: task.take_payload().map(Mutex::new),
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
        if let Some(task) = &self.task {
            let interrupted = Interrupted::cancelled(Tid::running(), reason);
            cancel::interrupt(&PostHandle::of_home(task), task.tid(), None, interrupted);
        }
    }

    /// Kills the task; see [`KillTask`](crate::syscall::KillTask). From outside a task, or from another
    /// scheduler's, before the next turn.
    ///
    /// # Errors
    ///
    /// If the task has ended or is dying already.
    #[track_caller]
    pub fn kill(&self) -> Result<(), NoSuchTask> {
        let task = self.task.as_ref().filter(|_| !self.has_ended());
        let Some(task) = task else {
            spend();
            return Err(NoSuchTask(self.tid()));
        };
        if inside_task() {
            return call(KillThroughHandle(task.tid(), PostHandle::of_home(task)));
        }
        PostHandle::of_home(task).kill(task.tid());
        Ok(())
    }
}

/// Waits for the end of a task, and asks for its value.
struct Join<'h, T>(&'h JoinHandle<T>);

impl<T> SystemCall for Join<'_, T> {
    type Reply = Result<T, JoinError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if self.0.has_ended() {
            return Answer::Done(self.0.value());
        }
        Answer::Done(Err(match WaitTask(self.0.tid()).serve(kernel, caller) {
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
        WaitTask(self.0.tid()).describe(out)
    }
}

/// Asks for a task's end, or leaves a post for the scheduler that has it.
struct KillThroughHandle(Tid, PostHandle);

impl SystemCall for KillThroughHandle {
    type Reply = Result<(), NoSuchTask>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        if kernel.poster().is_same(&self.1) {
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

    described!(self => "KillTask({})", self.0);
}

shown!(impl<T> Debug for JoinHandle<T>: self =>
    "JoinHandle({}, {:?})", self.tid(), self.ended());
