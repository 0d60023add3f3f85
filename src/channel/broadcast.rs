//! A channel whose every receiver gets every item. Floor 3, on calls only.
//!
//! A receiver that is too slow does not hold up the others: it loses the oldest items, and is told how
//! many. (After tokio's channel of this name.)

mod error;
mod receiver;

use std::cell::RefCell;
use std::rc::Rc;

pub use error::{RecvError, TryRecvError};
pub use receiver::{Iter, Receiver};

use super::SendError;
use super::audience::Audience;
use super::ring::Ring;
use crate::kernel::{spend, spend_on_reading};
use crate::shown::shown;

/// Makes a channel whose every receiver gets every item that is sent after it subscribed, in order. It
/// keeps the last `n` items for those who have not received them yet.
///
/// # Panics
///
/// If `n` is 0: there has to be room for an item, since senders never wait.
///
/// ```
/// use coros::channel::broadcast;
/// use coros::channel::broadcast::RecvError;
/// use coros::run;
///
/// run(|| {
///     let (tx, slow) = broadcast(2);
///     let fast = tx.subscribe();
///     assert_eq!(tx.send('a'), Ok(2), "two will receive it");
///     assert_eq!(fast.recv(), Ok('a'));
///     tx.send('b').unwrap();
///     tx.send('c').unwrap();
///     assert_eq!(slow.recv(), Err(RecvError::Lagged(1)), "told once");
///     assert_eq!((slow.recv(), slow.recv()), (Ok('b'), Ok('c')));
///     drop(tx);
///     assert_eq!((fast.recv(), fast.recv()), (Ok('b'), Ok('c')));
///     assert_eq!(fast.recv(), Err(RecvError::Closed));
/// })
/// .unwrap();
/// ```
#[must_use]
#[track_caller]
pub fn broadcast<T>(n: usize) -> (Sender<T>, Receiver<T>) {
    assert!(
        n > 0,
        "a broadcast channel needs room for an item: give it a buffer of 1 or more"
    );
    let shared = Rc::new(BroadcastShared {
        ring: RefCell::new(Ring::new(n)),
        audience: Audience::of("broadcast channel"),
    });
    let receiver = Receiver::at_the_end_of(&shared);
    (Sender(shared), receiver)
}

struct BroadcastShared<T> {
    ring: RefCell<Ring<T>>,
    audience: Audience,
}

/// An end that sends. A clone is another; when the last is gone, the channel is closed.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Sender<T>(Rc<BroadcastShared<T>>);

impl<T> Sender<T> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.audience.waiting.set_name(name);
        self
    }

    /// Sends an item to all who have subscribed, and says how many those are.
    ///
    /// Never waits: if the buffer is full, the oldest item goes, and a receiver that has not received it lags.
    /// Yields once in a while, so that a task that only sends lets the others run.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] with the item, if no receiver has subscribed or the channel is closed.
    #[track_caller]
    pub fn send(&self, item: T) -> Result<usize, SendError<T>> {
        spend();
        let (shared, receivers) = (&*self.0, self.0.audience.ends.receivers.count());
        if shared.audience.closed.get() || receivers == 0 {
            return Err(SendError::Closed(item));
        }
        let item = Rc::new(item);
        let pushed_out = shared.ring.borrow_mut().push(item, receivers);
        shared.audience.wake();
        // Its destructor may send and receive here: nothing is borrowed any more.
        drop(pushed_out);
        Ok(receivers)
    }

    /// A new receiver, of what will be sent from now on.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver::at_the_end_of(&self.0)
    }

    /// Lets nothing be sent any more, by any sender; what was sent can still be received.
    pub fn close(&self) {
        self.0.audience.close();
    }

    /// Whether the channel was closed.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        self.0.audience.closed.get()
    }

    /// How many receivers there are.
    #[must_use]
    #[track_caller]
    pub fn receivers(&self) -> usize {
        spend_on_reading();
        self.0.audience.ends.receivers.count()
    }

    /// How many items are in the buffer: sent, and not yet received by all.
    #[must_use]
    #[track_caller]
    pub fn len(&self) -> usize {
        spend_on_reading();
        self.0.ring.borrow().len()
    }

    /// Whether all have received everything.
    #[must_use]
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        self.0.audience.ends.senders.add();
        Self(Rc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.0.audience.lose_sender();
    }
}

shown!(impl<T> Debug for Sender<T>: self =>
    "broadcast::Sender({}, {} in the buffer)", self.0.audience.waiting, self.0.ring.borrow().len());
