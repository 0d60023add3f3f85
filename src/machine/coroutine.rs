//! The coroutine under a task, and its lowest frame.

use std::ptr::NonNull;

use corosensei::Coroutine;

use super::contents::Contents;
use super::current::{self, TaskYielder};
use super::header::TaskCoroutine;
use super::stack::Stack;

/// The coroutine that runs the body among a task's contents. Nothing unwinds past its lowest frame.
///
/// # Safety
///
/// The contents stay where they are until the coroutine is done.
#[inline(always)]
pub(super) unsafe fn new_coroutine(stack: Stack, contents: NonNull<Contents>) -> TaskCoroutine {
    Coroutine::with_stack(stack, move |yielder: &TaskYielder, ()| {
        current::set(yielder);
        // SAFETY: passed on from the caller.
        unsafe { contents.as_ref() }.enter()
    })
}
