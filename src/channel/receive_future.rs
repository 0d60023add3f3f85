//! A receiver as a future and a stream.
//!
//! A future that receives holds no place that others would have to respect, since it may never be
//! polled again: an item goes first to the tasks that wait, then to whichever future is polled first.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::error::RecvError;
use super::pipe::Pipe;
use super::reach::Channel;
use super::receiver::Receiver;
use crate::kernel::{Tid, spend};
use crate::shown::shown;
use crate::wakers::WakerKey;

impl<T> Receiver<T> {
    /// [`recv`](Self::recv) as a future; dropping it takes no item.
    ///
    /// It is never interrupted: what waits for it is. It is woken behind the tasks that wait.
    ///
    /// # Panics
    ///
    /// If it is polled outside a task and would have to wait.
    ///
    /// ```
    /// use coros::channel::{RecvError, bounded};
    /// use coros::{block_on, run, spawn};
    ///
    /// run(|| {
    ///     let (tx, rx) = bounded(1);
    ///     spawn(move || tx.send("soon").unwrap());
    ///     let both = block_on(async { (rx.recv_async().await, rx.recv_async().await) });
    ///     assert_eq!(both, Ok((Ok("soon"), Err(RecvError::Closed))));
    /// })
    /// .unwrap();
    /// ```
    pub fn recv_async(&self) -> RecvFuture<'_, T> {
        RecvFuture {
            receiver: self,
            key: WakerKey::default(),
        }
    }

    /// All items as a stream, which ends when the channel is closed and empty; as
    /// [`recv_async`](Self::recv_async) again and again.
    pub fn stream(&self) -> Stream<'_, T> {
        Stream(self.recv_async())
    }

    /// As [`stream`](Self::stream), of a stream that is an end of the channel.
    pub fn into_stream(self) -> IntoStream<T> {
        IntoStream {
            receiver: self,
            key: WakerKey::default(),
        }
    }
}

/// Receives an item; see [`Receiver::recv_async`].
#[must_use = "a future does nothing until it is polled"]
pub struct RecvFuture<'r, T> {
    receiver: &'r Receiver<T>,
    key: WakerKey,
}

fn poll_recv<T>(
    pipe: &Pipe<T>,
    key: &mut WakerKey,
    context: &Context<'_>,
) -> Poll<Result<T, RecvError>> {
    spend();
    let wakers = match &pipe.rendezvous {
        Some(rendezvous) => &rendezvous.taking,
        None => &pipe.receivers.wakers,
    };
    let polled = key.poll(wakers, context, || {
        let item = pipe.take_as_future();
        let over = || pipe.is_over().then_some(Err(RecvError::Closed));
        item.map(Ok).or_else(over)
    });
    if polled.is_ready() {
        pipe.received_last.set(Tid::running());
    }
    polled
}

impl<T> Future for RecvFuture<'_, T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { receiver, key } = &mut *self;
        poll_recv(&receiver.channel, key, context)
    }
}

/// The items of a channel; see [`Receiver::stream`].
pub struct Stream<'r, T>(RecvFuture<'r, T>);

impl<T> futures_core::Stream for Stream<'_, T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let received = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(received.ok())
    }
}

/// The items of a channel, and an end of it; see [`Receiver::into_stream`].
pub struct IntoStream<T> {
    receiver: Receiver<T>,
    key: WakerKey,
}

impl<T> futures_core::Stream for IntoStream<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let Self { receiver, key } = &mut *self;
        let received = ready!(poll_recv(&receiver.channel, key, context));
        Poll::Ready(received.ok())
    }
}

shown!(impl<T> Debug for RecvFuture<'_, T>: self => "RecvFuture({:?})", self.receiver);

shown!(impl<T> Debug for Stream<'_, T>: self => "Stream({:?})", self.0.receiver);

shown!(impl<T> Debug for IntoStream<T>: self => "IntoStream({:?})", self.receiver);
