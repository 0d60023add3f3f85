//! What a task unwinds with: a panic's payload, or that of a kill.

use std::any::Any;
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// What a task unwound with.
pub(crate) type Payload = Box<dyn Any + Send>;

/// The payload of a kill. No code outside the crate can make one.
pub(super) struct Kill;

/// Whether a payload is that of a kill.
pub(crate) fn is_kill(payload: &Payload) -> bool {
    payload.is::<Kill>()
}

thread_local! {
    /// The payload with which the task resumed next shall unwind. Without a destructor of its own, so
    /// that tasks can be killed while the thread ends.
    static RAISED: Cell<Option<ManuallyDrop<Payload>>> = const { Cell::new(None) };
}

/// Leaves the payload for the task that is resumed next.
pub(super) fn set_raised(payload: Payload) {
    RAISED.set(Some(ManuallyDrop::new(payload)));
}

/// Takes the payload that the task resumed just now shall unwind with.
pub(super) fn take_raised() -> Option<Payload> {
    RAISED.take().map(ManuallyDrop::into_inner)
}
