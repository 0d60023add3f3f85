//! One value, once, from any thread to any other.

use std::sync::Arc;

use super::channel::{AnyThread, ChannelShared};
use crate::channel::oneshot::{Receiver, Sender, ends};

/// The end that sends one value between threads; see [`oneshot()`].
pub type OneSender<T> = Sender<T, AnyThread>;

/// The end that receives one value between threads; see [`oneshot()`].
pub type OneReceiver<T> = Receiver<T, AnyThread>;

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
    ends(Arc::new(ChannelShared::new("value from another thread", 1)))
}
