//! The coroutine under a task, and its lowest frame.

use std::ptr::NonNull;

use corosensei::Coroutine;

use super::body::Body;
use super::current::{self, TaskYielder};
use super::header::TaskCoroutine;
use super::stack::Stack;

/// The coroutine that runs the body that lies there. Nothing unwinds past its lowest frame.
///
/// # Safety
///
/// The body is there and was not entered. It stays where it is until the coroutine is done, and nothing else
/// uses it.
pub(super) unsafe fn new_coroutine(stack: Stack, body: NonNull<Body>) -> TaskCoroutine {
    Coroutine::with_stack(stack, move |yielder: &TaskYielder, ()| {
        current::set(yielder);
        // SAFETY: passed on from the caller; a coroutine runs its function once.
        unsafe { Body::enter(body.as_ptr()) }
    })
}
