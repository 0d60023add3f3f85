//! What a task will run: a function of any type, kept in place if it is small.

use std::mem::{ManuallyDrop, MaybeUninit};

/// Bytes for a body; larger ones lie in a box.
const ROOM: usize = 64;

type Room = MaybeUninit<[u64; ROOM / 8]>;

/// A function that was not called yet.
pub(super) struct Body {
    room: Room,
    call: unsafe fn(*mut Room),
    discard: unsafe fn(*mut Room),
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
            call: call::<F>,
            discard: discard::<F>,
        }
    }

    /// Calls it.
    #[inline(always)]
    pub(super) fn run(self) {
        let mut body = ManuallyDrop::new(self);
        // SAFETY: the function is there and of the type that `call` is for; it is taken out once, since
        // the body is consumed and not dropped.
        unsafe { (body.call)(&mut body.room) };
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        // SAFETY: as in `run`.
        unsafe { (self.discard)(&mut self.room) };
    }
}

const fn fits<F>() -> bool {
    size_of::<F>() <= ROOM && align_of::<F>() <= align_of::<Room>()
}

/// # Safety
///
/// The room holds a function of this type, which nobody takes out again.
unsafe fn call<F: FnOnce()>(room: *mut Room) {
    // SAFETY: passed on from the caller.
    let f = unsafe { room.cast::<F>().read() };
    f();
}

/// # Safety
///
/// As `call`.
unsafe fn discard<F>(room: *mut Room) {
    // SAFETY: passed on from the caller.
    unsafe { room.cast::<F>().drop_in_place() };
}
