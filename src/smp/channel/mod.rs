//! A channel between threads: what is sent on one core, or by a thread of another kind, is received
//! on another.

mod receiver;
mod sender;
mod shared;

use std::sync::Arc;

pub use receiver::{IntoIter, Iter, Receiver};
pub use sender::Sender;
use shared::Shared;

/// Makes a channel for any threads that holds up to `capacity` items, at least one.
///
/// Both ends may be cloned and sent to other threads. Whoever sends while there is no room, or receives
/// while there is nothing, waits: a task alone, a thread that runs no tasks as a whole. First in, first
/// out on either side; nobody overtakes. When the last end of either side is dropped, it is closed.
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
    let shared = Arc::new(Shared::new(capacity.max(1)));
    (Sender::of(Arc::clone(&shared)), Receiver::of(shared))
}
