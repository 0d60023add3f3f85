//! Tasks made from other threads.

use std::cell::Cell;
use std::rc::Rc;

use super::oneshot::{OneReceiver, OneSender, oneshot};
use crate::channel::{RecvError, TryRecvError};
use crate::kernel::{Exit, ExitSink, Interrupted, Kernel, Remote, Stopped, Traits, spend};
use crate::shown::{error, interruptible};
use crate::task::Builder;

impl Remote {
    /// Makes a task of that scheduler, from any thread. It goes to the tail of the ready queue there.
    ///
    /// What it runs crosses to the other thread, and so does what it returns; in between it may use
    /// all that belongs to that thread. Dropping the handle leaves the task alone.
    ///
    /// # Errors
    ///
    /// If the scheduler takes nothing any more; `f` is dropped.
    ///
    /// ```
    /// use coros::syscall::GetRemote;
    /// use coros::{call, run};
    ///
    /// run(|| {
    ///     let remote = call(GetRemote).unwrap();
    ///     let thread = std::thread::spawn(move || {
    ///         let task = remote.spawn(|| coros::spawn(|| 21).join().unwrap() * 2).unwrap();
    ///         task.join().unwrap()
    ///     });
    ///     coros::sleep(std::time::Duration::from_millis(5)).unwrap();
    ///     assert_eq!(thread.join().unwrap(), 42);
    /// })
    /// .unwrap();
    /// ```
    #[track_caller]
    pub fn spawn<T: Send + 'static>(
        &self,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> Result<RemoteHandle<T>, Stopped> {
        self.spawn_with(Builder::new(), f)
    }

    /// As [`spawn`](Self::spawn), as `builder` says.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn). That there is no stack to be had the handle tells.
    #[track_caller]
    pub fn spawn_with<T: Send + 'static>(
        &self,
        builder: Builder,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> Result<RemoteHandle<T>, Stopped> {
        spend();
        let (sender, answer) = oneshot();
        self.post(move |kernel| make(kernel, builder, f, sender))?;
        Ok(RemoteHandle { answer })
    }
}

/// Makes the task, on its scheduler's thread.
fn make<T: 'static>(
    kernel: &mut Kernel,
    builder: Builder,
    f: impl FnOnce() -> T + 'static,
    sender: OneSender<Outcome<T>>,
) {
    let teller = Rc::new(Teller(Cell::new(Some(sender))));
    let told = Rc::clone(&teller);
    let traits: Traits = builder.traits(Some(Rc::clone(&teller) as Rc<dyn ExitSink>));
    // Told by the task: a value that is not wanted is dropped there.
    let made = kernel.spawn(traits, move || told.tell(Ok(f())));
    if let Err(error) = made {
        teller.tell(Err(RemoteError::NotMade(error.to_string())));
    }
}

type Outcome<T> = Result<T, RemoteError>;

/// Tells what has come of a task, once.
struct Teller<T>(Cell<Option<OneSender<Outcome<T>>>>);

impl<T> Teller<T> {
    fn tell(&self, outcome: Outcome<T>) {
        if let Some(sender) = self.0.take() {
            // If nothing waits for it, it is dropped.
            drop(sender.send(outcome));
        }
    }
}

impl<T> ExitSink for Teller<T> {
    fn deliver(&self, exit: &Exit) {
        match exit {
            // It has told so itself.
            Exit::Returned => {}
            Exit::Killed => self.tell(Err(RemoteError::Killed)),
            Exit::Panicked(message) => self.tell(Err(RemoteError::Panicked(message.clone()))),
        }
    }
}

/// A hold on a task of another thread: to wait for its value.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Debug)]
pub struct RemoteHandle<T> {
    answer: OneReceiver<Outcome<T>>,
}

impl<T> RemoteHandle<T> {
    /// Waits until the task has ended, and hands over its value: a task waits alone, a thread without
    /// tasks is blocked.
    ///
    /// May be repeated, if the wait was interrupted; the value is handed over once.
    ///
    /// # Errors
    ///
    /// See [`RemoteError`].
    ///
    /// # Panics
    ///
    /// In a task, if the system has no descriptors left for what wakes a sleeping thread.
    #[track_caller]
    pub fn join(&self) -> Result<T, RemoteError> {
        match self.answer.recv() {
            Ok(outcome) => outcome,
            Err(RecvError::Closed) => Err(RemoteError::Stopped),
            Err(RecvError::Interrupted(why)) => Err(RemoteError::Interrupted(why)),
        }
    }

    /// Hands the value over, if the task has ended; once. Never waits.
    ///
    /// # Errors
    ///
    /// [`TryJoinError::WouldBlock`], if the task goes on; else as [`join`](Self::join).
    #[track_caller]
    pub fn try_join(&self) -> Result<T, TryJoinError> {
        match self.answer.try_recv() {
            Ok(outcome) => outcome.map_err(TryJoinError::Failed),
            Err(TryRecvError::Closed) => Err(TryJoinError::Failed(RemoteError::Stopped)),
            Err(TryRecvError::Empty) => Err(TryJoinError::WouldBlock),
        }
    }

    /// Whether the task has ended, or never will.
    #[must_use]
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.answer.is_closed()
    }
}

/// Why a task of another thread has no value to hand over.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RemoteError {
    /// It panicked, with this message.
    Panicked(String),
    /// It was killed.
    Killed,
    /// It could not be made, for this reason: there is no memory for a stack.
    NotMade(String),
    /// The scheduler was gone before it began; or the value was handed over before.
    Stopped,
    /// The caller's wait was broken off; the task goes on.
    Interrupted(Interrupted),
}

interruptible! {
    RemoteError {
        Self::Panicked(message) => format_args!("the remote task panicked: {message}"),
        Self::Killed => "the remote task was killed",
        Self::NotMade(why) => why,
        Self::Stopped =>
            "the remote task has no value: its scheduler was gone before it began, or the value was \
             handed over before",
    }
}

/// Why the value of a task of another thread cannot be had without waiting.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TryJoinError {
    /// The task goes on.
    WouldBlock,
    /// It has ended, or never will, and there is no value.
    Failed(RemoteError),
}

error! {
    TryJoinError {
        Self::WouldBlock => "the remote task goes on: wait for it, or try again later",
        Self::Failed(why) => why,
    }
    source { Self::Failed(why) => why }
}
