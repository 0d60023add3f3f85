//! A send as a future.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::error::{SendError, TrySendError};
use super::reach::{Channel, Sends};
use super::sender::Sender;
use crate::kernel::{Tid, spend};
use crate::shown::shown;
use crate::wakers::WakerKey;

impl<T> Sender<T> {
    /// [`send`](Self::send) as a future. Dropping it before it is ready takes the item back out of the
    /// line, and drops it, unless it was taken in already.
    ///
    /// It is never interrupted: what waits for it is. It stands in line with the tasks that send.
    ///
    /// # Panics
    ///
    /// If it is polled outside a task and would have to wait.
    ///
    /// ```
    /// use coros::channel::rendezvous;
    /// use coros::{block_on, run, spawn};
    ///
    /// run(|| {
    ///     let (tx, rx) = rendezvous();
    ///     let received = spawn(move || rx.recv());
    ///     block_on(tx.send_async(7)).unwrap().unwrap();
    ///     assert_eq!(received.join().unwrap(), Ok(7));
    /// })
    /// .unwrap();
    /// ```
    pub fn send_async(&self, item: T) -> SendFuture<'_, T> {
        SendFuture {
            sender: self,
            item: Some(item),
            place: None,
            key: WakerKey::default(),
        }
    }
}

/// Sends an item; see [`Sender::send_async`].
#[must_use = "a future does nothing until it is polled"]
pub struct SendFuture<'s, T> {
    sender: &'s Sender<T>,
    /// Until it is sent or lies in the line.
    item: Option<T>,
    place: Option<u64>,
    key: WakerKey,
}

/// An item is never pinned: it is only handed on.
impl<T> Unpin for SendFuture<'_, T> {}

impl<T> SendFuture<'_, T> {
    /// Sends the item, or adds it to the line.
    fn begin(&mut self, item: T) -> Poll<Result<(), SendError<T>>> {
        spend();
        let pipe = &self.sender.channel;
        pipe.sent_last.set(Tid::running());
        if pipe.is_closed() {
            return Poll::Ready(Err(SendError::Closed(item)));
        }
        match pipe.send_at_once(item) {
            Ok(()) => Poll::Ready(Ok(())),
            Err(TrySendError::Closed(item)) => Poll::Ready(Err(SendError::Closed(item))),
            Err(TrySendError::Full(item)) => {
                self.place = Some(pipe.join_as_future(item));
                Poll::Pending
            }
        }
    }
}

impl<T> Future for SendFuture<'_, T> {
    type Output = Result<(), SendError<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let future = &mut *self;
        if let Some(item) = future.item.take()
            && let Poll::Ready(sent) = future.begin(item)
        {
            return Poll::Ready(sent);
        }
        let place = future
            .place
            .expect("a future that was ready is not polled again");
        let pipe = &future.sender.channel;
        let sent = future.key.poll(pipe.sending_futures(), context, || {
            if pipe.is_granted(place) {
                return Some(Ok(()));
            }
            let item = pipe.is_closed().then(|| pipe.withdraw(place))?;
            item.map(|item| Err(SendError::Closed(item)))
        });
        if sent.is_ready() {
            future.place = None;
        }
        sent
    }
}

impl<T> Drop for SendFuture<'_, T> {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            drop(self.sender.channel.withdraw(place));
        }
    }
}

shown!(impl<T> Debug for SendFuture<'_, T>: self => "SendFuture({:?})", self.sender);
