//! A channel for one value, once: an answer to the task that asked. Floor 3, on calls only.
//!
//! It is a channel with room for one item whose ends are not cloned: its sender sends and is dropped, and so
//! closes it.

use std::rc::Rc;

use super::error::{RecvError, SendError, TryRecvError};
use super::one_thread::OneThread;
use super::pipe::Pipe;
use super::reach::{Reach, Sends};
use super::receive_future::RecvFuture;
use super::{receiver, sender};
use crate::kernel::SystemCall;
use crate::shown::shown;

/// Makes a channel for one value; see [`smp::oneshot`](crate::smp::oneshot()) for one between threads.
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
    ends(Rc::new(Pipe::new("channel for one value", 1, None)))
}

/// The ends of a channel that has room for one item.
pub(crate) fn ends<T, R: Reach>(channel: R::Channel<T>) -> (Sender<T, R>, Receiver<T, R>) {
    let sender = sender::Sender::of(channel.clone());
    (Sender(sender), Receiver(receiver::Receiver::of(channel)))
}

/// The end that sends; dropping it without sending closes the channel.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Sender<T, R: Reach = OneThread>(sender::Sender<T, R>);

impl<T, R: Reach> Sender<T, R> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<R::Name>) -> Self {
        Self(self.0.named(name))
    }

    /// Sends the value. Never waits, and never suspends: also for destructors.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] with the value, if the receiver is gone or has closed the channel.
    pub fn send(self, value: T) -> Result<(), SendError<T>> {
        // There is room for it, so nothing else refuses it. That the sender is dropped now closes the channel.
        let sent = self.0.channel.try_send(value);
        sent.map_err(|refused| SendError::Closed(refused.into_inner()))
    }

    /// Whether no task will receive: the receiver is gone, or has closed the channel.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

shown!(impl<T, R: Reach> Debug for Sender<T, R>: self => "oneshot::Sender({:?})", *self.0);

/// The end that receives; dropping it closes the channel and drops a value that was not received.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Receiver<T, R: Reach = OneThread>(receiver::Receiver<T, R>);

impl<T, R: Reach> Receiver<T, R> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<R::Name>) -> Self {
        Self(self.0.named(name))
    }

    /// Waits for the value: the task alone, or, between threads, the thread as a whole outside tasks. May
    /// be repeated after an interruption, which takes nothing.
    ///
    /// # Errors
    ///
    /// [`RecvError::Closed`], if no value will come: the sender was dropped, the channel closed, or the
    /// value received before. [`RecvError::Interrupted`], if the wait was broken off.
    ///
    /// # Panics
    ///
    /// Within one thread: outside a task, if it has to wait. Between threads: in a task, if the system has
    /// no descriptors left for what wakes a sleeping thread.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.0.recv()
    }

    /// The call that [`recv`](Self::recv) makes in a task: to be yielded, or raced against others.
    pub fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        self.0.receiving()
    }

    /// Receives the value if it is there, and no other call waits for it.
    ///
    /// # Errors
    ///
    /// [`TryRecvError::Empty`], if it may still come, or is for a call that waits; [`TryRecvError::Closed`], if it will not.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.0.try_recv()
    }

    /// Lets no value be sent any more; one that was sent can still be received.
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether no value will be sent any more; one may be there to be received.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl<T> Receiver<T> {
    /// [`recv`](Self::recv) as a future; dropping it takes nothing.
    pub fn recv_async(&self) -> RecvFuture<'_, T> {
        self.0.recv_async()
    }
}

shown!(impl<T, R: Reach> Debug for Receiver<T, R>: self => "oneshot::Receiver({:?})", *self.0);
