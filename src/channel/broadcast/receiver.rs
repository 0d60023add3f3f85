//! The end of a broadcast that receives.

use std::cell::Cell;
use std::rc::Rc;

use super::{BroadcastShared, RecvError, TryRecvError};
use crate::channel::ring::Read;
use crate::kernel::{SystemCall, call, spend, spend_on_reading};
use crate::shown::shown;

/// An end that receives all that is sent after it subscribed.
///
/// A clone goes on from the same position, by itself.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Receiver<T> {
    shared: Rc<BroadcastShared<T>>,
    /// The number of the item to be received next.
    position: Cell<u64>,
}

impl<T> Receiver<T> {
    pub(super) fn at_the_end_of(shared: &Rc<BroadcastShared<T>>) -> Self {
        let end = shared.ring.borrow().end();
        Self::at(shared, end)
    }

    fn at(shared: &Rc<BroadcastShared<T>>, position: u64) -> Self {
        shared.audience.ends.receivers.add();
        shared.ring.borrow_mut().join(position);
        Self {
            shared: Rc::clone(shared),
            position: Cell::new(position),
        }
    }

    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.shared.audience.waiting.set_name(name);
        self
    }

    /// A new receiver, of what will be sent from now on.
    #[must_use]
    pub fn subscribe(&self) -> Self {
        Self::at_the_end_of(&self.shared)
    }

    /// How many items are there to be received, not counting those that are lost.
    #[must_use]
    #[track_caller]
    pub fn len(&self) -> usize {
        spend_on_reading();
        self.left()
    }

    fn left(&self) -> usize {
        self.shared.ring.borrow().left_from(self.position.get())
    }

    /// Whether there is nothing to be received now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing will be sent any more; items may be there to be received.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        self.shared.audience.closed.get()
    }

    /// Takes the next item, not cloned yet.
    fn take(&self) -> Result<Rc<T>, TryRecvError> {
        let mut position = self.position.get();
        let read = self.shared.ring.borrow_mut().read(&mut position);
        self.position.set(position);
        match read {
            Read::Item(item) => Ok(item),
            Read::Lagged(count) => Err(TryRecvError::Lagged(count)),
            Read::Nothing if self.shared.audience.closed.get() => Err(TryRecvError::Closed),
            Read::Nothing => Err(TryRecvError::Empty),
        }
    }

    /// The same, as one that waits while nothing is there.
    fn look(&self) -> Option<Result<Rc<T>, RecvError>> {
        match self.take() {
            Ok(item) => Some(Ok(item)),
            Err(TryRecvError::Lagged(count)) => Some(Err(RecvError::Lagged(count))),
            Err(TryRecvError::Closed) => Some(Err(RecvError::Closed)),
            Err(TryRecvError::Empty) => None,
        }
    }
}

impl<T: Clone> Receiver<T> {
    /// Waits for the next item.
    ///
    /// Each receiver gets a clone, the last to receive an item the original. Tasks that share one
    /// receiver share its items, in no promised order. An interruption takes nothing; an item whose
    /// clone panics counts as received.
    ///
    /// # Errors
    ///
    /// See [`RecvError`]; after [`RecvError::Lagged`] there is more to receive.
    ///
    /// # Panics
    ///
    /// Outside a task, if it has to wait.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        spend();
        let audience = &self.shared.audience;
        let taken = match self.look() {
            Some(taken) => taken,
            None => call(audience.wait("Receive", || self.look())),
        };
        taken.map(Rc::unwrap_or_clone)
    }

    /// The call of which [`recv`](Self::recv) is made: to be yielded, or raced against others. The item
    /// is cloned in the kernel's loop, so its `clone` must not make calls.
    pub fn receiving(&self) -> impl SystemCall<Reply = Result<T, RecvError>> {
        let look = || Some(self.look()?.map(Rc::unwrap_or_clone));
        self.shared.audience.wait("Receive", look)
    }

    /// Receives the next item if it is there.
    ///
    /// # Errors
    ///
    /// See [`TryRecvError`].
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        spend();
        self.take().map(Rc::unwrap_or_clone)
    }

    /// Receives one item after another, waiting for each, until the channel is closed. A lag is an
    /// `Err` among the items; an interruption is the last.
    ///
    /// ```
    /// use coros::channel::broadcast;
    /// use coros::run;
    ///
    /// run(|| {
    ///     let (tx, rx) = broadcast(4);
    ///     (1..=3).for_each(|item| _ = tx.send(item).unwrap());
    ///     drop(tx);
    ///     let sum: Result<i32, _> = rx.iter().sum();
    ///     assert_eq!(sum, Ok(6));
    /// })
    /// .unwrap();
    /// ```
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(Some(self))
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Self::at(&self.shared, self.position.get())
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let shared = &*self.shared;
        shared.audience.ends.receivers.remove();
        let left = shared.ring.borrow_mut().leave(self.position.get());
        // Their destructors may send and receive here: nothing is borrowed any more.
        drop(left);
    }
}

shown!(impl<T> Debug for Receiver<T>: self =>
    "broadcast::Receiver({}, {} to be received)", self.shared.audience.waiting, self.left());

impl<'r, T: Clone> IntoIterator for &'r Receiver<T> {
    type Item = Result<T, RecvError>;
    type IntoIter = Iter<'r, T>;

    fn into_iter(self) -> Iter<'r, T> {
        self.iter()
    }
}

/// The items of a broadcast as they come; see [`Receiver::iter`].
pub struct Iter<'r, T>(Option<&'r Receiver<T>>);

impl<T: Clone> Iterator for Iter<'_, T> {
    type Item = Result<T, RecvError>;

    fn next(&mut self) -> Option<Self::Item> {
        let received = self.0?.recv();
        if let Err(RecvError::Closed | RecvError::Interrupted(_)) = received {
            self.0 = None;
        }
        Some(received).filter(|received| !matches!(received, Err(RecvError::Closed)))
    }
}
