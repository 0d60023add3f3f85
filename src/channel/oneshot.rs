//! A channel for one value, once: an answer to the task that asked. Floor 3, on calls only.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::{RecvError, SendError, TryRecvError};
use crate::kernel::{SystemCall, WaitList, call, spend, spend_on_reading};
use crate::shown::shown;
use crate::syscall::Together;
use crate::wakers::{WakerKey, Wakers};

/// Makes a channel for one value.
///
/// ```
/// use coros::channel::{RecvError, oneshot};
/// use coros::{run, spawn};
///
/// run(|| {
///     let (answer, answered) = oneshot();
///     spawn(move || answer.send(42).unwrap());
///     assert_eq!(answered.recv(), Ok(42));
///     assert_eq!(answered.recv(), Err(RecvError::Closed), "there is one value");
/// })
/// .unwrap();
/// ```
#[must_use]
pub fn oneshot<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(OneshotShared {
        value: RefCell::new(None),
        is_open: Cell::new(true),
        waiting: WaitList::part_of("channel for one value"),
        wakers: Wakers::default(),
    });
    (Sender(Rc::clone(&shared)), Receiver(shared))
}

struct OneshotShared<T> {
    value: RefCell<Option<T>>,
    /// Whether a value may still be sent.
    is_open: Cell<bool>,
    waiting: WaitList,
    wakers: Wakers,
}

impl<T> OneshotShared<T> {
    fn close(&self) {
        if self.is_open.replace(false) {
            self.waiting.wake_all();
            self.wakers.call();
        }
    }

    fn take(&self) -> Result<T, TryRecvError> {
        match self.value.take() {
            Some(value) => Ok(value),
            None if self.is_open.get() => Err(TryRecvError::Empty),
            None => Err(TryRecvError::Closed),
        }
    }

    /// The value, or word that none comes; `None` if it may still come.
    fn look(&self) -> Option<Result<T, RecvError>> {
        match self.take() {
            Ok(value) => Some(Ok(value)),
            Err(TryRecvError::Closed) => Some(Err(RecvError::Closed)),
            Err(TryRecvError::Empty) => None,
        }
    }
}

/// The end that sends; dropping it without sending closes the channel.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Sender<T>(Rc<OneshotShared<T>>);

impl<T> Sender<T> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.waiting.set_name(name);
        self
    }

    /// Sends the value. Never waits, and never suspends: also for destructors.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] with the value, if the receiver is gone or has closed the channel.
    pub fn send(self, value: T) -> Result<(), SendError<T>> {
        if !self.0.is_open.get() {
            return Err(SendError::Closed(value));
        }
        // That the sender is dropped now wakes the receiver.
        self.0.value.replace(Some(value));
        Ok(())
    }

    /// Whether no task will receive: the receiver is gone, or has closed the channel.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        !self.0.is_open.get()
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

shown!(impl<T> Debug for Sender<T>: self => "oneshot::Sender({})", self.0.waiting);

/// The end that receives; dropping it closes the channel and drops a value that was not received.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Receiver<T>(Rc<OneshotShared<T>>);

impl<T> Receiver<T> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.waiting.set_name(name);
        self
    }

    /// Waits for the value. May be repeated after an interruption, which takes nothing.
    ///
    /// # Errors
    ///
    /// [`RecvError::Closed`], if no value will come: the sender was dropped, the channel closed, or the
    /// value received before. [`RecvError::Interrupted`], if the wait was broken off.
    ///
    /// # Panics
    ///
    /// Outside a task, if it has to wait.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        spend();
        match self.0.look() {
            Some(found) => found,
            None => call(self.receiving()),
        }
    }

    /// The call that [`recv`](Self::recv) makes: to be yielded, or raced against others.
    pub fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        let look = |_: bool| self.0.look();
        Together::new("Receive", &self.0.waiting, look)
    }

    /// [`recv`](Self::recv) as a future; dropping it takes nothing.
    pub fn recv_async(&self) -> RecvFuture<'_, T> {
        RecvFuture(&self.0, WakerKey::default())
    }

    /// Receives the value if it is there.
    ///
    /// # Errors
    ///
    /// [`TryRecvError::Empty`], if it may still come; [`TryRecvError::Closed`], if it will not.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        spend();
        self.0.take()
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
        !self.0.is_open.get()
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.0.close();
        drop(self.0.value.take());
    }
}

shown!(impl<T> Debug for Receiver<T>: self => "oneshot::Receiver({})", self.0.waiting);

/// Receives the value; see [`Receiver::recv_async`].
#[must_use = "a future does nothing until it is polled"]
pub struct RecvFuture<'c, T>(&'c OneshotShared<T>, WakerKey);

impl<T> Future for RecvFuture<'_, T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self(shared, key) = &mut *self;
        key.poll(&shared.wakers, context, || shared.look())
    }
}

shown!(impl<T> Debug for RecvFuture<'_, T>: self => "oneshot::RecvFuture({})", self.0.waiting);
