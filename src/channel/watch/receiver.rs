//! The end of a watched value that looks.

use std::cell::Cell;
use std::rc::Rc;

use super::{Ref, WatchShared};
use crate::channel::RecvError;
use crate::kernel::{SystemCall, call, spend, spend_on_reading};
use crate::shown::shown;

/// An end that sees the value, and waits for its changes.
///
/// A clone has seen what this one has, and goes on by itself.
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Receiver<T> {
    shared: Rc<WatchShared<T>>,
    /// Which version it has seen.
    seen: Cell<u64>,
}

impl<T> Receiver<T> {
    pub(super) fn up_to_date_with(shared: &Rc<WatchShared<T>>) -> Self {
        Self::having_seen(shared, shared.version.get())
    }

    fn having_seen(shared: &Rc<WatchShared<T>>, version: u64) -> Self {
        shared.audience.ends.receivers.add();
        Self {
            shared: Rc::clone(shared),
            seen: Cell::new(version),
        }
    }

    /// The same end; traces and reports call its channel by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.shared.audience.waiting.set_name(name);
        self
    }

    /// Waits until the value is another than the last one seen, which it then counts as; at once, if
    /// it is another already. However often it was changed meanwhile, that is one change.
    ///
    /// # Errors
    ///
    /// [`RecvError::Closed`], if the senders are gone and their last change was seen;
    /// [`RecvError::Interrupted`], if the wait was broken off.
    ///
    /// # Panics
    ///
    /// Outside a task, if it has to wait.
    #[track_caller]
    pub fn changed(&self) -> Result<(), RecvError> {
        spend();
        match self.see() {
            Some(answer) => answer,
            None => call(self.changing()),
        }
    }

    /// The call that [`changed`](Self::changed) makes: to be yielded, or raced against others.
    pub fn changing(&self) -> impl SystemCall<Reply = Result<(), RecvError>> {
        let audience = &self.shared.audience;
        audience.wait("Changed", || self.see())
    }

    /// Waits until the value is as wanted, and gets it; at once, if it is already. Values that come and
    /// go between two turns of the caller are not asked about.
    ///
    /// What was looked at counts as seen, but for an interruption, after which all is as before.
    ///
    /// # Errors
    ///
    /// As [`changed`](Self::changed).
    ///
    /// # Panics
    ///
    /// Outside a task, if it has to wait, and where `is_wanted` does.
    ///
    /// ```
    /// use coros::channel::watch;
    /// use coros::{run, spawn, yield_now};
    ///
    /// run(|| {
    ///     let (tx, rx) = watch(0);
    ///     spawn(move || {
    ///         while tx.get() < 10 {
    ///             tx.send_modify(|count| *count += 1);
    ///             yield_now();
    ///         }
    ///     });
    ///     assert!(*rx.wait_for(|&count| count >= 5).unwrap() >= 5);
    /// })
    /// .unwrap();
    /// ```
    #[track_caller]
    pub fn wait_for(&self, mut is_wanted: impl FnMut(&T) -> bool) -> Result<Ref<T>, RecvError> {
        let seen_before = self.seen.get();
        loop {
            let value = self.borrow_and_update();
            if is_wanted(&value) {
                return Ok(value);
            }
            // Not held on to during the wait, or it could not be changed in place.
            drop(value);
            if let Err(error) = self.changed() {
                if let RecvError::Interrupted(_) = error {
                    self.seen.set(seen_before);
                }
                return Err(error);
            }
        }
    }

    /// The value as it is now; whether it counts as seen stays as it is.
    ///
    /// # Panics
    ///
    /// Within [`Sender::send_modify`](super::Sender::send_modify).
    #[must_use]
    #[track_caller]
    pub fn borrow(&self) -> Ref<T> {
        spend_on_reading();
        self.shared.look()
    }

    /// The value as it is now, which counts as seen from now on.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Self::borrow).
    #[must_use]
    #[track_caller]
    pub fn borrow_and_update(&self) -> Ref<T> {
        let value = self.borrow();
        self.seen.set(self.shared.version.get());
        value
    }

    /// A clone of the value as it is now; whether it counts as seen stays as it is.
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

    /// Whether the value is another than the last one seen.
    #[must_use]
    #[track_caller]
    pub fn has_changed(&self) -> bool {
        spend_on_reading();
        self.has_news()
    }

    fn has_news(&self) -> bool {
        self.seen.get() != self.shared.version.get()
    }

    /// Whether the senders are gone; their last change may still be unseen.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        spend_on_reading();
        self.shared.audience.closed.get()
    }

    /// A new receiver, which has seen the value as it is now.
    #[must_use]
    pub fn subscribe(&self) -> Self {
        Self::up_to_date_with(&self.shared)
    }

    /// Lets the latest value count as seen, if it is another; `None` if one has to wait for that.
    fn see(&self) -> Option<Result<(), RecvError>> {
        if self.has_news() {
            self.seen.set(self.shared.version.get());
            return Some(Ok(()));
        }
        let is_closed = self.shared.audience.closed.get();
        is_closed.then_some(Err(RecvError::Closed))
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Self::having_seen(&self.shared, self.seen.get())
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.shared.audience.ends.receivers.remove();
    }
}

shown!(impl<T> Debug for Receiver<T>: self => "watch::Receiver({})", self.shared.audience.waiting);
