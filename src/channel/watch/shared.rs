//! What the two ends of a watched value share: the value, and its audience.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use crate::channel::audience::Audience;

/// What the two ends of a watched value share.
pub(super) struct WatchShared<T> {
    /// Gone while it is being changed in place.
    value: RefCell<Option<Rc<T>>>,
    /// How often it was changed.
    pub(super) version: Cell<u64>,
    pub(super) audience: Audience,
}

impl<T> WatchShared<T> {
    pub(super) fn new(value: T) -> Self {
        Self {
            value: RefCell::new(Some(Rc::new(value))),
            version: Cell::new(0),
            audience: Audience::of("watched value"),
        }
    }

    /// The value as it is now.
    #[track_caller]
    pub(super) fn look(&self) -> Ref<T> {
        let value = self.value.borrow().clone();
        Ref(value.expect("the watched value is being changed: let send_modify return first"))
    }

    /// Puts a value in the place of the one before.
    #[track_caller]
    pub(super) fn replace(&self, value: T) -> Ref<T> {
        drop(self.look());
        let before = self.value.replace(Some(Rc::new(value)));
        self.publish();
        Ref(before.expect("no other call is changing it"))
    }

    /// Changes the value in place; tells no receiver.
    #[track_caller]
    pub(super) fn change<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let Ref(value) = self.look();
        self.value.take();
        let mut taken_out = TakenOut(self, Some(value));
        let value = taken_out.1.as_mut().and_then(Rc::get_mut);
        f(value.expect("the watched value is borrowed: drop its Ref first"))
    }

    /// Tells all receivers that there was a change.
    pub(super) fn publish(&self) {
        self.version.set(self.version.get() + 1);
        self.audience.wake();
    }
}

/// Puts the value back, whatever happens.
struct TakenOut<'s, T>(&'s WatchShared<T>, Option<Rc<T>>);

impl<T> Drop for TakenOut<'_, T> {
    fn drop(&mut self) {
        self.0.value.replace(self.1.take());
    }
}

/// The value as it was when one looked. Later changes do not reach it; it may be kept across waits.
pub struct Ref<T>(Rc<T>);

impl<T> Deref for Ref<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}
