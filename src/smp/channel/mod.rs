//! A channel between threads: what is sent on one core, or by a thread of another kind, is received
//! on another.

mod receive;
mod send;
mod shared;

use std::sync::Arc;

pub(super) use shared::ChannelShared;

use crate::channel;
use crate::channel::reach::Reach;

/// The ends of a channel may be in any threads; a thread that runs no tasks waits as a whole.
#[derive(Debug)]
pub enum AnyThread {}

impl Reach for AnyThread {
    type Name = Arc<str>;
    type Room = usize;
    type Channel<T> = Arc<ChannelShared<T>>;
}

/// A sending end of a channel between threads; see [`channel()`].
pub type Sender<T> = channel::Sender<T, AnyThread>;

/// A receiving end of a channel between threads; see [`channel()`].
pub type Receiver<T> = channel::Receiver<T, AnyThread>;

/// Receives item after item; see [`Receiver::iter`](channel::Receiver::iter).
pub type Iter<'r, T> = channel::Iter<'r, T, AnyThread>;

/// Receives item after item, and is an end of the channel; see [`Iter`].
pub type IntoIter<T> = channel::IntoIter<T, AnyThread>;

/// Makes a channel for any threads that holds up to `capacity` items, at least one.
///
/// Both ends may be cloned and sent to other threads. To send while there is no room, or to receive while
/// there is nothing, is to wait: a task waits alone, a thread that runs no tasks as a whole. First in, first
/// out on either side: none overtakes. When the last end of either side is dropped, the channel is closed.
///
/// A wait that is interrupted took nothing and sent nothing. Within one thread
/// [`crate::channel`] is several times as fast.
///
/// ```
/// use coros::{run, smp, spawn};
///
/// let (tx, rx) = smp::channel(2);
/// let producer = std::thread::spawn(move || (0..100).for_each(|item| tx.send(item).unwrap()));
/// let sum = run(move || spawn(move || rx.iter().sum::<u32>()).join().unwrap());
/// assert_eq!(sum.unwrap(), 4950);
/// producer.join().unwrap();
/// ```
#[must_use]
pub fn channel<T: Send>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(ChannelShared::new(
        "channel between threads",
        capacity.max(1),
    ));
    (Sender::of(Arc::clone(&shared)), Receiver::of(shared))
}
