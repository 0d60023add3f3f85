//! What a task will run: a function of any type, kept in place if it is small.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::payload::{Payload, take_raised};

/// Bytes for a body; larger ones lie in a box.
const ROOM: usize = 64;

type Room = MaybeUninit<[u64; ROOM / 8]>;

/// A function that was not called yet.
pub(super) struct Body {
    room: Room,
    /// By the type of what lies in the room, so that nothing stands between the function and what catches
    /// its unwinding: each frame more costs a kill thousands of instructions.
    enter: unsafe fn(*mut Room) -> Option<Payload>,
}

impl Body {
    #[inline]
    pub(super) fn new<F: FnOnce() + 'static>(f: F) -> Self {
        if fits::<F>() {
            Self::in_place(f)
        } else {
            Self::in_place(Box::new(f))
        }
    }

    #[inline]
    fn in_place<F: FnOnce() + 'static>(f: F) -> Self {
        const { assert!(fits::<Box<()>>()) };
        let mut room = Room::uninit();
        debug_assert!(fits::<F>());
        // SAFETY: it fits, by size and alignment, and the room is ours.
        unsafe { room.as_mut_ptr().cast::<F>().write(f) };
        Self {
            room,
            enter: enter::<F>,
        }
    }

    /// Calls a body where it lies, and hands over what it unwound with; one that is to be unwound before it
    /// began is dropped, on this stack.
    ///
    /// # Safety
    ///
    /// The body was not entered before, and is not used again.
    #[inline(always)]
    pub(super) unsafe fn enter(body: *mut Self) -> Option<Payload> {
        // SAFETY: passed on from the caller.
        let enter = unsafe { (*body).enter };
        // SAFETY: as above.
        let room = unsafe { &raw mut (*body).room };
        // SAFETY: the function is there and of the type that `enter` is for, and it is taken out once.
        unsafe { enter(room) }
    }
}

const fn fits<F>() -> bool {
    size_of::<F>() <= ROOM && align_of::<F>() <= align_of::<Room>()
}

/// # Safety
///
/// The room holds a function of this type, which is not taken out again.
unsafe fn enter<F: FnOnce()>(room: *mut Room) -> Option<Payload> {
    // SAFETY: passed on from the caller.
    let f = unsafe { room.cast::<F>().read() };
    let thrown = Cell::new(None);
    let guarded = || {
        let f = f;
        if let Some(payload) = take_raised() {
            let _unstarted = Unstarted(Some(f), &thrown);
            resume_unwind(payload);
        }
        f();
    };
    let unwound = catch_unwind(AssertUnwindSafe(guarded)).err();
    thrown.take().or(unwound)
}

/// A function that never began. It is dropped while its task unwinds, so that its destructors' calls do not
/// wait; but since no frame of the user's is being unwound, a panic of theirs can be caught and kept.
struct Unstarted<'r, F>(Option<F>, &'r Cell<Option<Payload>>);

impl<F> Drop for Unstarted<'_, F> {
    fn drop(&mut self) {
        let f = self.0.take();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(f))) {
            self.1.set(Some(payload));
        }
    }
}
