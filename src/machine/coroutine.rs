//! The coroutine under a context, and its lowest frame.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use corosensei::Coroutine;

use super::body::Body;
use super::current::{self, Door};
use super::header::Routine;
use super::payload::{Payload, take_raised};
use super::stack::Stack;

/// The coroutine that runs `body`.
pub(super) fn routine(stack: Stack, body: Body) -> Routine {
    Coroutine::with_stack(stack, move |door: &Door, ()| root(door, body))
}

/// The lowest frame of a task: nothing unwinds past it. A body that is to be unwound before it
/// began is dropped here, on its own stack.
fn root(door: &Door, body: Body) -> Option<Payload> {
    current::set(door);
    let thrown = Cell::new(None);
    let guarded = || {
        let body = body;
        if let Some(payload) = take_raised() {
            let _unstarted = Unstarted(Some(body), &thrown);
            resume_unwind(payload);
        }
        body.run();
    };
    let unwound = catch_unwind(AssertUnwindSafe(guarded)).err();
    thrown.take().or(unwound)
}

/// A body that never began. It is dropped while its task unwinds, so that its destructors' calls do not
/// wait; but since no frame of the user's is being unwound, a panic of theirs can be caught and kept.
struct Unstarted<'r>(Option<Body>, &'r Cell<Option<Payload>>);

impl Drop for Unstarted<'_> {
    fn drop(&mut self) {
        let body = self.0.take();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(body))) {
            self.1.set(Some(payload));
        }
    }
}
