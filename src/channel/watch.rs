//! A value whose latest state all receivers can see, and wait for changes of. Floor 3, on calls only.
//!
//! A receiver that looks gets the value as it is, and keeps that for as long as it likes; values in between
//! are not kept. (After tokio's channel of this name.)

mod receiver;
mod shared;

use crate::kernel::{spend, spend_on_reading};
use crate::shown::shown;
use std::rc::Rc;

pub use receiver::Receiver;
pub use shared::Ref;

use self::shared::WatchShared;
use super::SendError;

/// Makes a value that can be watched.
///
/// ```
/// use coros::channel::{RecvError, watch};
/// use coros::{run, spawn};
///
/// run(|| {
///     let (tx, rx) = watch("starting");
///     assert_eq!(rx.get(), "starting");
///     spawn(move || {
///         tx.send("at work").unwrap();
///         tx.send("done").unwrap();
///     });
///     assert_eq!(rx.changed(), Ok(()));
///     assert_eq!(*rx.borrow(), "done", "the latest alone counts");
///     assert_eq!(rx.changed(), Err(RecvError::Closed), "the sender is gone");
/// })
/// .unwrap();
/// ```
#[must_use]
pub fn watch<T>(value: T) -> (Sender<T>, Receiver<T>) {
    let shared = Rc::new(WatchShared::new(value));
    let receiver = Receiver::up_to_date_with(&shared);
    (Sender(shared), receiver)
}

/// An end that changes the value. A clone is another; when the last is gone, the channel is closed.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Sender<T>(Rc<WatchShared<T>>);

impl<T> Sender<T> {
    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.audience.waiting.set_name(name);
        self
    }

    /// Puts a value in the place of the one before, and wakes all who wait for a change. Never waits;
    /// yields once in a while, so that a task that only sends lets the others run.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`] with the value, if no receiver is left; the one before stays. See
    /// [`send_replace`](Self::send_replace).
    ///
    /// # Panics
    ///
    /// Within [`send_modify`](Self::send_modify), as everything that needs the value.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        spend();
        if self.0.audience.ends.receivers.count() == 0 {
            return Err(SendError::Closed(value));
        }
        self.0.replace(value);
        Ok(())
    }

    /// As [`send`](Self::send), also when no receiver is left: the value is for those who subscribe
    /// later. Gives back the one before.
    #[track_caller]
    pub fn send_replace(&self, value: T) -> Ref<T> {
        spend();
        self.0.replace(value)
    }

    /// Changes the value in place, also when no receiver is left, and wakes all who wait for a change.
    ///
    /// If `f` panics, what it did stays, and no task is woken.
    ///
    /// # Panics
    ///
    /// If a task has borrowed the value and still holds on to it; where `f` does; and within itself.
    #[track_caller]
    pub fn send_modify(&self, f: impl FnOnce(&mut T)) {
        self.send_if_modified(|value| {
            f(value);
            true
        });
    }

    /// As [`send_modify`](Self::send_modify), if `f` says that it changed something; says the same.
    ///
    /// # Panics
    ///
    /// As [`send_modify`](Self::send_modify).
    #[track_caller]
    pub fn send_if_modified(&self, f: impl FnOnce(&mut T) -> bool) -> bool {
        spend();
        let is_modified = self.0.change(f);
        if is_modified {
            self.0.publish();
        }
        is_modified
    }

    /// The value as it is now.
    ///
    /// # Panics
    ///
    /// Within [`send_modify`](Self::send_modify).
    #[must_use]
    #[track_caller]
    pub fn borrow(&self) -> Ref<T> {
        spend_on_reading();
        self.0.look()
    }

    /// A clone of the value as it is now.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Self::borrow).
    #[must_use]
    #[track_caller]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.borrow().clone()
    }

    /// A new receiver, which has seen the value as it is now.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver::up_to_date_with(&self.0)
    }

    /// How many receivers there are.
    #[must_use]
    #[track_caller]
    pub fn receivers(&self) -> usize {
        spend_on_reading();
        self.0.audience.ends.receivers.count()
    }

    /// Whether no receiver is left.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.receivers() == 0
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

shown!(impl<T> Debug for Sender<T>: self => "watch::Sender({})", self.0.audience.waiting);
