//! One value, once, from any thread to any other.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::awaited::{Awaited, Waiting, wait_for};
use super::sleeper::Sleeper;
use super::sleeper_queue::SleeperQueue;
use super::title::Title;
use crate::channel::{RecvError, SendError, TryRecvError};
use crate::kernel::{Interrupted, SystemCall, spend, spend_on_reading};
use crate::shown::{described, shown};

/// Makes a channel for one value, between any two threads; see [`crate::channel::oneshot()`] for one
/// within a thread.
///
/// ```
/// use coros::{run, smp};
///
/// let (tx, rx) = smp::oneshot();
/// let thread = std::thread::spawn(move || tx.send("from afar").unwrap());
/// assert_eq!(run(move || rx.recv()).unwrap(), Ok("from afar"));
/// thread.join().unwrap();
/// ```
#[must_use]
pub fn oneshot<T>() -> (OneSender<T>, OneReceiver<T>) {
    let shared = Arc::new(OneshotShared {
        title: Title::of("value from another thread"),
        is_over: AtomicBool::new(false),
        state: Mutex::new(OneshotState {
            value: None,
            is_open: true,
            waiting: SleeperQueue::default(),
        }),
    });
    (OneSender(Arc::clone(&shared)), OneReceiver(shared))
}

struct OneshotShared<T> {
    title: Title,
    state: Mutex<OneshotState<T>>,
    /// Whether no value will be sent any more: for a glance without the lock.
    is_over: AtomicBool,
}

struct OneshotState<T> {
    value: Option<T>,
    /// Whether a value may still be sent.
    is_open: bool,
    waiting: SleeperQueue,
}

impl<T> OneshotShared<T> {
    /// No users' code runs under this lock, so what it guards is whole.
    fn lock(&self) -> MutexGuard<'_, OneshotState<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets no value in any more.
    fn close(&self) {
        let sleepers = {
            let mut state = self.lock();
            state.is_open = false;
            state.waiting.call_all()
        };
        self.is_over.store(true, Relaxed);
        sleepers.into_iter().for_each(Sleeper::wake);
    }
}

impl<T> OneshotState<T> {
    fn take(&mut self) -> Result<T, TryRecvError> {
        match self.value.take() {
            Some(value) => Ok(value),
            None if self.is_open => Err(TryRecvError::Empty),
            None => Err(TryRecvError::Closed),
        }
    }
}

/// The end that sends; dropping it without sending closes the channel.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct OneSender<T>(Arc<OneshotShared<T>>);

impl<T> OneSender<T> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        self.0.title.set_name(name.into());
        self
    }

    /// Sends the value. Never waits.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] with the value, if the receiver is gone or has closed the channel.
    pub fn send(self, value: T) -> Result<(), SendError<T>> {
        let mut state = self.0.lock();
        if !state.is_open {
            return Err(SendError::Closed(value));
        }
        state.value = Some(value);
        // That the sender is dropped now wakes the receiver.
        Ok(())
    }

    /// Whether nothing will receive: the receiver is gone, or has closed the channel.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        !self.0.lock().is_open
    }
}

impl<T> Drop for OneSender<T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

shown!(impl<T> Debug for OneSender<T>: self => "OneSender");

/// The end that receives; dropping it closes the channel and drops a value that was not received.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct OneReceiver<T>(Arc<OneshotShared<T>>);

impl<T> OneReceiver<T> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        self.0.title.set_name(name.into());
        self
    }

    /// Waits for the value: the task alone, or, outside tasks, the thread. May be repeated after an
    /// interruption, which takes nothing.
    ///
    /// # Errors
    ///
    /// [`RecvError::Closed`], if no value will come: the sender was dropped, the channel closed, or the
    /// value received before. [`RecvError::Interrupted`], if the wait was broken off.
    ///
    /// # Panics
    ///
    /// In a task, if the system has no descriptors left for what wakes a sleeping thread.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        match self.try_recv() {
            Ok(value) => Ok(value),
            Err(TryRecvError::Closed) => Err(RecvError::Closed),
            Err(TryRecvError::Empty) => wait_for(Receive(&self.0, None)),
        }
    }

    /// The call that [`recv`](Self::recv) makes in a task: to be yielded, or raced against others.
    pub fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        Waiting(Receive(&self.0, None))
    }

    /// Receives the value if it is there.
    ///
    /// # Errors
    ///
    /// [`TryRecvError::Empty`], if it may still come; [`TryRecvError::Closed`], if it will not.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        spend();
        self.0.lock().take()
    }

    /// Lets no value be sent any more; one that was sent can still be received.
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether no value will be sent any more; one may be there to be received.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        !self.0.lock().is_open
    }
}

impl<T> Drop for OneReceiver<T> {
    fn drop(&mut self) {
        self.0.close();
        let value = self.0.lock().value.take();
        drop(value);
    }
}

shown!(impl<T> Debug for OneReceiver<T>: self => "OneReceiver");

/// Waits for the value, under a number.
struct Receive<'c, T>(&'c OneshotShared<T>, Option<u64>);

impl<T> Awaited for Receive<'_, T> {
    type Reply = Result<T, RecvError>;

    described!(self => "Receive({})", self.0.title);

    fn seems_so(&self) -> bool {
        self.0.is_over.load(Relaxed)
    }

    fn look(&mut self, sleeper: impl FnOnce() -> Sleeper) -> Option<Self::Reply> {
        let mut state = self.0.lock();
        let received = match state.take() {
            Ok(value) => Ok(value),
            Err(TryRecvError::Closed) => Err(RecvError::Closed),
            Err(TryRecvError::Empty) => {
                self.1 = Some(state.waiting.wait(self.1, sleeper));
                return None;
            }
        };
        state.waiting.leave_as(self.1);
        Some(received)
    }

    fn give_up(&mut self, why: Interrupted) -> Self::Reply {
        let sleeper = self.0.lock().waiting.leave_as(self.1);
        drop(sleeper);
        Err(RecvError::Interrupted(why))
    }
}
