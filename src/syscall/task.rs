//! The calls about tasks: the classic four, and the empty one.

use std::fmt;

use crate::kernel::{
    Answer, Exit, Interrupted, Kernel, NoSuchTask, SystemCall, Tid, Traits, notes, target,
};
use crate::shown::{described, interruptible, shown};

/// Asks for nothing: the caller goes to the tail of the ready queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct Yield;

impl SystemCall for Yield {
    type Reply = ();

    #[inline(always)]
    fn serve(&mut self, _kernel: &mut Kernel, _caller: Tid) -> Answer<()> {
        Answer::Done(())
    }

    fn serve_alone(&mut self) -> Option<()> {
        Some(())
    }
}

/// Asks who the caller is.
///
/// ```
/// use coros::{call, run, syscall::GetTid};
/// assert_eq!(run(|| call(GetTid).to_string()).unwrap(), "1");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct GetTid;

impl SystemCall for GetTid {
    type Reply = Tid;

    #[inline(always)]
    fn serve(&mut self, _kernel: &mut Kernel, caller: Tid) -> Answer<Tid> {
        Answer::Done(caller)
    }

    fn describe_reply(reply: &Tid, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(reply, out)
    }
}

/// Asks for a new task, which goes into the ready queue before its parent: it has had its first turn
/// when the parent reads the reply.
///
/// Its stack has the scheduler's default size; [`Builder`](crate::Builder) makes tasks with other
/// sizes, names, or as daemons.
///
/// # Panics
///
/// The call panics in the caller if there is no memory for a stack.
///
/// ```
/// use coros::syscall::{NewTask, WaitTask};
/// use coros::{Exit, call, run, yield_now};
///
/// let exit = run(|| {
///     let child = call(NewTask::new(|| yield_now()));
///     call(WaitTask(child)).unwrap()
/// });
/// assert_eq!(exit.unwrap(), Exit::Returned);
/// ```
pub struct NewTask<F>(Option<F>);

impl<F: FnOnce() + 'static> NewTask<F> {
    /// The call for a task that will run `f`.
    #[must_use]
    pub fn new(f: F) -> Self {
        Self(Some(f))
    }
}

impl<F: FnOnce() + 'static> SystemCall for NewTask<F> {
    type Reply = Tid;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Tid> {
        let f = self
            .0
            .take()
            .expect("a call is not served again after its answer");
        match kernel.spawn(Traits::default(), f) {
            Ok(tid) => Answer::Done(tid),
            Err(error) => panic!("{error}"),
        }
    }

    /// No stack, and the caller unwinds: it gets the number of a task that there never is.
    fn abandon(&mut self, _: &mut Kernel, caller: Tid, _: Interrupted) -> Tid {
        log::error!(target: target::TASK, "task {caller}, unwinding: its new task could not be made");
        Tid::NONE
    }

    fn describe_reply(reply: &Tid, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(reply, out)
    }
}

shown!(impl<F> Debug for NewTask<F>: self => "NewTask");

/// Asks for the end of a task: it is unwound at once, its destructors run, its waiters are woken.
///
/// Killing oneself does not return. A task that catches the unwinding is unwound again at its next
/// call, 16 times; then it is given up and its stack leaked. A kill asked for while the caller
/// unwinds is carried out before the next task is picked.
///
/// A kill unwinds as a panic does: a destructor that panics meanwhile ends the process, with a line that
/// names the task, and one that waits for something to change, call after call, waits for ever. A task
/// that never ran has [panicked](crate::Exit::Panicked) then, and the process goes on.
///
/// The reply is an error if the task has ended, is dying already, or is another scheduler's. (Like
/// SIGKILL, it cannot be refused; unlike it, nothing leaks: every destructor runs.)
///
/// ```
/// use coros::syscall::{KillTask, NewTask};
/// use coros::{call, run, yield_now};
///
/// run(|| {
///     let child = call(NewTask::new(|| loop {
///         yield_now();
///     }));
///     assert!(call(KillTask(child)).is_ok());
///     assert!(call(KillTask(child)).is_err(), "it is gone");
/// })
/// .unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KillTask(pub Tid);

impl SystemCall for KillTask {
    type Reply = Result<(), NoSuchTask>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        Answer::Done(kernel.kill(self.0))
    }

    described!(self => "KillTask({})", self.0);

    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe_result(reply, "killed", out)
    }
}

/// Waits for the end of a task; many may wait for the same one, and all get its exit.
///
/// The kernel forgets a task when it has ended; waiting for it then is an error.
/// A [`JoinHandle`](crate::JoinHandle) remembers.
/// If the caller is interrupted or killed, the other task is left alone.
///
/// ```
/// use coros::syscall::{NewTask, WaitTask};
/// use coros::{Exit, call, run, yield_now};
///
/// let exit = run(|| {
///     let child = call(NewTask::new(|| {
///         yield_now();
///         panic!("ouch")
///     }));
///     call(WaitTask(child)).unwrap()
/// });
/// assert_eq!(exit.unwrap(), Exit::Panicked("ouch".into()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WaitTask(pub Tid);

/// Why no exit can be told; see [`WaitTask`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum WaitError {
    /// It has ended before, or is another scheduler's.
    NoSuchTask(Tid),
    /// The caller asked for its own end.
    WaitsForItself(Tid),
    /// The wait was broken off; the other task goes on.
    Interrupted(Interrupted),
}

interruptible! {
    WaitError {
        Self::NoSuchTask(tid) => NoSuchTask(*tid),
        Self::WaitsForItself(tid) => format_args!("task {tid} would wait for itself for ever"),
    }
}

impl SystemCall for WaitTask {
    type Reply = Result<Exit, WaitError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if self.0 == caller {
            return Answer::Done(Err(WaitError::WaitsForItself(caller)));
        }
        if let Some(exit) = kernel.exit_seen(caller, self.0) {
            notes::note_join(self.0);
            return Answer::Done(Ok(exit));
        }
        match kernel.park_on_exit(caller, self.0) {
            Ok(()) => Answer::Wait,
            Err(NoSuchTask(tid)) => Answer::Done(Err(WaitError::NoSuchTask(tid))),
        }
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(WaitError::Interrupted(why))
    }

    described!(self => "WaitTask({})", self.0);

    fn describe_reply(reply: &Self::Reply, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match reply {
            Ok(exit) => write!(out, "{exit}"),
            Err(error) => write!(out, "{error}"),
        }
    }
}

/// A reply that is nothing or an error, in words.
pub(super) fn describe_result<E: fmt::Display>(
    reply: &Result<(), E>,
    fine: &str,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match reply {
        Ok(()) => out.write_str(fine),
        Err(error) => error.fmt(out),
    }
}
