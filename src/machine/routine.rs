//! The coroutine under a context: its lowest frame, and the payload of a kill.

use std::any::Any;
use std::mem::{align_of, size_of};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::NonNull;

use corosensei::Coroutine;

use super::current::{self, Door};
use super::lend::{self, Header};
use super::stack::Stack;

/// What a task unwound with.
pub(crate) type Payload = Box<dyn Any + Send>;

/// A task's coroutine: it suspends with its pending call, and ends with what it unwound with.
pub(super) type Routine = Coroutine<(), NonNull<Header>, Option<Payload>, Stack>;

/// Closures above this size lie in a box: corosensei refuses more than 1,024 bytes on the stack.
const LARGE: usize = 512;

/// Alignment that a stack offers without further ado.
const ALIGN: usize = 16;

/// The payload of a kill. Nobody outside the crate can make one.
pub(super) struct Kill;

/// Whether a payload is that of a kill.
pub(crate) fn is_kill(payload: &Payload) -> bool {
    payload.is::<Kill>()
}

/// The coroutine that runs `body`; a large body is boxed first.
pub(super) fn routine<F: FnOnce() + 'static>(stack: Stack, body: F) -> Routine {
    if size_of::<F>() > LARGE || align_of::<F>() > ALIGN {
        let body = Box::new(body);
        Coroutine::with_stack(stack, move |door: &Door, ()| root(door, body))
    } else {
        Coroutine::with_stack(stack, move |door: &Door, ()| root(door, body))
    }
}

/// The lowest frame of a task: nothing unwinds past it. A body that is to be unwound before it
/// began is dropped here, on its own stack.
fn root(door: &Door, body: impl FnOnce()) -> Option<Payload> {
    current::set(door);
    let guarded = move || {
        let body = body;
        if let Some(payload) = lend::take_raised() {
            resume_unwind(payload);
        }
        body()
    };
    catch_unwind(AssertUnwindSafe(guarded)).err()
}
