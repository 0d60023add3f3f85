//! Room in a task's memory: first for what it will run, then for what it leaves.

use std::any::TypeId;
use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::payload::{Payload, take_raised};

/// What takes more bytes lies in a box.
const ROOM: usize = 64;

type Bytes = MaybeUninit<[u64; ROOM / 8]>;

/// Room for one thing: a function that was not called yet, or a value.
pub(super) struct Room {
    bytes: UnsafeCell<Bytes>,
    content: Cell<Content>,
}

/// What the bytes hold.
#[derive(Clone, Copy)]
enum Content {
    Nothing,
    /// A function, to be entered by one for its type, so that nothing stands between it and what catches its
    /// unwinding: each frame more costs a kill thousands of instructions.
    Body(unsafe fn(*mut Bytes) -> Option<Payload>),
    /// A value, with what is known of its type.
    Value(&'static Kind),
}

/// What is known of a type of values.
struct Kind {
    id: fn() -> TypeId,
    /// Drops the value that lies in the bytes.
    drop: unsafe fn(*mut Bytes),
}

struct KindOf<T>(PhantomData<T>);

impl<T: 'static> KindOf<T> {
    const KIND: &'static Kind = &Kind {
        id: TypeId::of::<T>,
        drop: drop_value::<T>,
    };
}

impl Room {
    #[inline]
    pub(super) fn with_body<F: FnOnce() + 'static>(f: F) -> Self {
        if fits::<F>() {
            Self::with(f)
        } else {
            Self::with(Box::new(f))
        }
    }

    #[inline]
    fn with<F: FnOnce() + 'static>(f: F) -> Self {
        const { assert!(fits::<Box<()>>()) };
        debug_assert!(fits::<F>());
        let mut bytes = Bytes::uninit();
        // SAFETY: it fits, by size and alignment, and the bytes are ours.
        unsafe { bytes.as_mut_ptr().cast::<F>().write(f) };
        Self {
            bytes: UnsafeCell::new(bytes),
            content: Cell::new(Content::Body(enter::<F>)),
        }
    }

    /// Calls the function where it lies, and hands over what it unwound with; one that is to be unwound before
    /// it began is dropped, on this stack. Nothing, if there is no function.
    #[inline(always)]
    pub(super) fn enter(&self) -> Option<Payload> {
        let Content::Body(enter) = self.content.replace(Content::Nothing) else {
            return None;
        };
        // SAFETY: a function of the type that `enter` is for lies there; it is taken out once, since nothing
        // is there from now on.
        unsafe { enter(self.bytes.get()) }
    }

    /// Keeps a value. What is there is leaked.
    #[inline]
    pub(super) fn put<T: 'static>(&self, value: T) {
        let bytes = self.bytes.get();
        if fits::<T>() {
            // SAFETY: it fits, by size and alignment, and nothing that is there is used again.
            unsafe { bytes.cast::<T>().write(value) };
        } else {
            // SAFETY: as above; a box fits.
            unsafe { bytes.cast::<Box<T>>().write(Box::new(value)) };
        }
        self.content.set(Content::Value(KindOf::<T>::KIND));
    }

    /// Hands over the value, if it is one of this type.
    #[inline]
    pub(super) fn take<T: 'static>(&self) -> Option<T> {
        match self.content.get() {
            Content::Value(kind) if (kind.id)() == TypeId::of::<T>() => {}
            _ => return None,
        }
        self.content.set(Content::Nothing);
        let bytes = self.bytes.get();
        Some(if fits::<T>() {
            // SAFETY: `put` wrote a value of this type, which is read once, since nothing is there from now on.
            unsafe { bytes.cast::<T>().read() }
        } else {
            // SAFETY: as above, but in a box.
            *unsafe { bytes.cast::<Box<T>>().read() }
        })
    }

    /// Drops the value that is there.
    #[inline]
    pub(super) fn clear(&self) {
        if let Content::Value(kind) = self.content.get() {
            self.content.set(Content::Nothing);
            // SAFETY: a value of this kind is there, and it is dropped once, since nothing is there from now on.
            unsafe { (kind.drop)(self.bytes.get()) };
        }
    }
}

const fn fits<T>() -> bool {
    size_of::<T>() <= ROOM && align_of::<T>() <= align_of::<Bytes>()
}

/// # Safety
///
/// A value of this type lies there, in a box if it does not fit, and is not used again.
unsafe fn drop_value<T>(bytes: *mut Bytes) {
    if fits::<T>() {
        // SAFETY: passed on from the caller.
        unsafe { bytes.cast::<T>().drop_in_place() };
    } else {
        // SAFETY: passed on from the caller.
        unsafe { bytes.cast::<Box<T>>().drop_in_place() };
    }
}

/// # Safety
///
/// A function of this type lies there, which is not taken out again.
unsafe fn enter<F: FnOnce()>(bytes: *mut Bytes) -> Option<Payload> {
    // SAFETY: passed on from the caller.
    let f = unsafe { bytes.cast::<F>().read() };
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
