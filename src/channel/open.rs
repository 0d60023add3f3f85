//! How channels are made.

use std::rc::Rc;

use super::pipe::Pipe;
use super::ranks::Ranks;
use super::receiver::Receiver;
use super::sender::Sender;

/// Makes a channel that holds up to `capacity` items; with none, a [`rendezvous`].
///
/// ```
/// use coros::channel::{TrySendError, bounded};
///
/// let (tx, rx) = bounded(1);
/// tx.try_send("first").unwrap();
/// assert_eq!(tx.try_send("second"), Err(TrySendError::Full("second")));
/// assert_eq!(rx.try_recv(), Ok("first"));
/// ```
#[must_use]
pub fn bounded<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    ends(Pipe::new("channel", capacity, None))
}

/// Makes a channel that holds any number of items: a send never waits. Memory is the only bound.
///
/// ```
/// let (tx, rx) = coros::channel::unbounded();
/// (1..=1000).for_each(|item| tx.try_send(item).unwrap());
/// assert_eq!((rx.len(), rx.try_recv()), (1000, Ok(1)));
/// ```
#[must_use]
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    ends(Pipe::new("channel", usize::MAX, None))
}

/// Makes a channel without room: a send waits until a receiver has taken its item.
///
/// Both sides commit, or neither. [`try_send`](Sender::try_send) and [`sending`](Sender::sending) hand over
/// to a task that waits to receive, in a branch of a select too: from then on its call is answered with
/// the item, whatever else it waits for, and a cancel or a deadline comes too late. If the task is killed
/// before it goes on, the item is the next receiver's. Futures may be dropped at any time, so nothing is
/// handed to one: it takes an item when it is polled.
///
/// A select that has both ends among its branches never meets itself, as in Go. (The idea is Hoare's:
/// communicating sequential processes.)
///
/// ```
/// use coros::channel::rendezvous;
/// use coros::{run, spawn};
///
/// run(|| {
///     let (tx, rx) = rendezvous();
///     spawn(move || tx.send("hand to hand").unwrap());
///     assert_eq!(rx.recv(), Ok("hand to hand"));
/// })
/// .unwrap();
/// ```
#[must_use]
pub fn rendezvous<T>() -> (Sender<T>, Receiver<T>) {
    bounded(0)
}

/// Makes a channel that holds any number of items and hands over the greatest first; of equal ones,
/// whichever was sent first.
///
/// Items are compared when they are sent, never when they are received. A comparison may use the channel,
/// short of waiting for it: meanwhile the channel seems to be empty. If it panics, so does the send; its
/// item is dropped and the channel is as it was before.
///
/// ```
/// let (tx, rx) = coros::channel::priority();
/// for item in [2, 3, 1] {
///     tx.try_send(item).unwrap();
/// }
/// drop(tx);
/// assert_eq!(rx.iter().collect::<Vec<_>>(), [3, 2, 1]);
/// ```
#[must_use]
pub fn priority<T: Ord>() -> (Sender<T>, Receiver<T>) {
    ends(Pipe::new("channel", usize::MAX, Some(Ranks::new(T::cmp))))
}

fn ends<T>(pipe: Pipe<T>) -> (Sender<T>, Receiver<T>) {
    let pipe = Rc::new(pipe);
    (Sender::of(Rc::clone(&pipe)), Receiver::of(pipe))
}
