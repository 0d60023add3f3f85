//! The coroutine under a task, and its lowest frame.

use std::ptr::NonNull;

use corosensei::Coroutine;

use super::current::{self, TaskYielder};
use super::header::TaskCoroutine;
use super::room::Room;
use super::stack::Stack;

/// The coroutine that runs the body in a task's room. Nothing unwinds past its lowest frame.
///
/// # Safety
///
/// The room stays where it is until the coroutine is done.
#[inline(always)]
pub(super) unsafe fn new_coroutine(stack: Stack, room: NonNull<Room>) -> TaskCoroutine {
    Coroutine::with_stack(stack, move |yielder: &TaskYielder, ()| {
        current::set(yielder);
        // SAFETY: passed on from the caller.
        unsafe { room.as_ref() }.enter()
    })
}
