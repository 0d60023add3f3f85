//! What lies in a task's memory for it: first what it will run, then what it leaves.

use std::any::TypeId;
use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::payload::{Payload, take_raised};

/// What takes more bytes lies in a box.
const SPACE: usize = 64;

type Bytes = MaybeUninit<[u64; SPACE / 8]>;

/// Space for one thing: a function that was not called yet, or a value.
///
/// What is there is moved out before it runs or is dropped, so nothing that it does can meet it half done.
pub(super) struct Contents {
    bytes: UnsafeCell<Bytes>,
    kind: Cell<Kind>,
}

/// What the bytes hold.
#[derive(Clone, Copy)]
enum Kind {
    Nothing,
    /// A function, to be entered by one for its type, so that nothing stands between it and what catches its
    /// unwinding: each frame more costs a kill thousands of instructions.
    Body(unsafe fn(*mut Bytes) -> Option<Payload>),
    /// A value, with what is known of its type.
    Value(&'static ValueType),
}

/// What is known of a type of values.
struct ValueType {
    id: TypeId,
    /// Drops the value that lies in the bytes.
    drop: unsafe fn(*mut Bytes),
}

struct TypeOf<T>(PhantomData<T>);

impl<T: 'static> TypeOf<T> {
    const VALUE: &'static ValueType = &ValueType {
        id: TypeId::of::<T>(),
        drop: drop_value::<T>,
    };
}

/// A value that was moved out of a task's memory, of whatever type.
pub(crate) struct Leftover {
    bytes: Bytes,
    value: &'static ValueType,
}

impl Contents {
    #[inline]
    pub(super) fn of_body<F: FnOnce() + 'static>(f: F) -> Self {
        if fits::<F>() {
            Self::of_fitting(f)
        } else {
            Self::of_fitting(Box::new(f))
        }
    }

    #[inline]
    fn of_fitting<F: FnOnce() + 'static>(f: F) -> Self {
        const { assert!(fits::<Box<()>>()) };
        debug_assert!(fits::<F>());
        let mut bytes = Bytes::uninit();
        // SAFETY: it fits, by size and alignment, and the bytes are ours.
        unsafe { bytes.as_mut_ptr().cast::<F>().write(f) };
        Self {
            bytes: UnsafeCell::new(bytes),
            kind: Cell::new(Kind::Body(enter::<F>)),
        }
    }

    /// Calls the function, and hands over what it unwound with; one that is to be unwound before it began is
    /// dropped, on this stack. Nothing, if there is no function.
    #[inline(always)]
    pub(super) fn enter(&self) -> Option<Payload> {
        let Kind::Body(enter) = self.kind.replace(Kind::Nothing) else {
            return None;
        };
        // SAFETY: a function of the type that `enter` is for lies there; it is taken out once, since nothing
        // is there from now on.
        unsafe { enter(self.bytes.get()) }
    }

    /// Puts a value in, and hands over the one that was there. A function that was there is leaked: it could be
    /// dropped on a stack of its own alone.
    #[inline]
    pub(super) fn replace<T: 'static>(&self, value: T) -> Option<Leftover> {
        let before = self.take_any();
        let bytes = self.bytes.get();
        if fits::<T>() {
            // SAFETY: it fits, by size and alignment, and no value is there.
            unsafe { bytes.cast::<T>().write(value) };
        } else {
            // SAFETY: as above; a box fits.
            unsafe { bytes.cast::<Box<T>>().write(Box::new(value)) };
        }
        self.kind.set(Kind::Value(TypeOf::<T>::VALUE));
        before
    }

    /// Hands over the value, if it is one of this type.
    #[inline]
    pub(super) fn take<T: 'static>(&self) -> Option<T> {
        match self.kind.get() {
            Kind::Value(value) if value.id == TypeId::of::<T>() => {}
            _ => return None,
        }
        self.kind.set(Kind::Nothing);
        let bytes = self.bytes.get();
        Some(if fits::<T>() {
            // SAFETY: `replace` wrote a value of this type, which is read once, since nothing is there from
            // now on.
            unsafe { bytes.cast::<T>().read() }
        } else {
            // SAFETY: as above, but in a box.
            *unsafe { bytes.cast::<Box<T>>().read() }
        })
    }

    /// Hands over the value, of whatever type it is.
    #[inline]
    pub(super) fn take_any(&self) -> Option<Leftover> {
        let Kind::Value(value) = self.kind.get() else {
            return None;
        };
        self.kind.set(Kind::Nothing);
        // SAFETY: bytes may be copied whatever they hold; the value is used there alone, since nothing is here
        // from now on.
        let bytes = unsafe { self.bytes.get().read() };
        Some(Leftover { bytes, value })
    }
}

impl Drop for Leftover {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a value of this type was moved here, and is dropped once.
        unsafe { (self.value.drop)(&raw mut self.bytes) };
    }
}

const fn fits<T>() -> bool {
    size_of::<T>() <= SPACE && align_of::<T>() <= align_of::<Bytes>()
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
