//! One stack of an arena: a slot of fixed stride, its guard, its head and its colour.
//!
//! ```text
//!  start of slot                                                        top of slot
//!  ┌─────────┬──────────────────────────────────────┬──────────┬──────────────────┐
//!  │  guard  │  the stack, growing to the left      │  colour  │ head: whose it is│
//!  └─────────┴──────────────────────────────────────┴──────────┴──────────────────┘
//!            limit                                  base
//! ```
//!
//! Stacks that all start at one offset fight for the same cache sets, since their hottest lines lie
//! at one distance from the top. The colour, a shift by some times 192 bytes, ends that.

use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::ptr;
use std::rc::Rc;

use corosensei::stack::{Stack as RawStack, StackPointer};

use super::arena::Arena;
use super::head::{Head, NAME_ROOM};
use super::stack_error::{MIN_STACK, StackError};

/// What a task gets unless it asks otherwise: room for a debug panic with its backtrace, a closure
/// of 9 KB and deep formatting. Address space is nearly free; only touched pages are paid for.
pub(crate) const DEFAULT_STACK: usize = 256 * 1024;

/// A stack in use; goes back to its arena when dropped. One word: the base.
pub(super) struct Stack(NonZeroUsize);

/// Where stacks of one size come from.
#[derive(Clone)]
pub(crate) struct Stacks(Rc<Arena>);

impl Stacks {
    /// This thread's stacks with room for `size` bytes.
    pub(crate) fn of(size: usize) -> Result<Stacks, StackError> {
        if size < MIN_STACK {
            return Err(StackError::TooSmall { asked: size });
        }
        Arena::of_this_thread(size).map(Stacks)
    }

    /// One of them, to be had when it is needed.
    #[inline]
    pub(crate) fn promise(&self) -> Result<Promise, StackError> {
        self.0.promise()?;
        Ok(Promise(Rc::clone(&self.0)))
    }
}

/// A stack that can be had later.
pub(crate) struct Promise(Rc<Arena>);

impl Promise {
    /// The hottest stack that there is by now.
    ///
    /// # Errors
    ///
    /// If the system has not even the memory that it takes to mark a guard.
    #[inline]
    pub(super) fn redeem(self) -> Result<Stack, StackError> {
        let promise = ManuallyDrop::new(self);
        // SAFETY: the promise is not dropped, so its arena is read once.
        Stack::from_arena(unsafe { ptr::read(&promise.0) })
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl Stack {
    #[inline]
    fn from_arena(arena: Rc<Arena>) -> Result<Stack, StackError> {
        let base = arena.check_out().inspect_err(|_| arena.release())?;
        let stack = Stack(NonZeroUsize::new(base).expect("a base is never the null address"));
        stack.head().arena.set(Rc::into_raw(arena).cast());
        Ok(stack)
    }

    /// The stack's head.
    #[inline(always)]
    pub(super) fn head(&self) -> &Head {
        // SAFETY: the slot is ours until we are dropped.
        unsafe { Head::above(self.0.get()) }
    }

    /// Writes the owner's name, or as much of it as fits, for the fault reporter.
    pub(super) fn set_name(&self, name: &str) {
        let len = name.floor_char_boundary(NAME_ROOM);
        let head = self.head();
        head.name_len.set(len as u8);
        if len > 0 {
            let mut room = [0; NAME_ROOM];
            room[..len].copy_from_slice(&name.as_bytes()[..len]);
            head.name.set(room);
        }
    }
}

impl Drop for Stack {
    #[inline]
    fn drop(&mut self) {
        let arena = self.head().arena.get().cast::<Arena>();
        // SAFETY: `from_arena` made the pointer with `Rc::into_raw`, and this takes it back once.
        let arena = unsafe { Rc::from_raw(arena) };
        arena.check_in(self.0.get());
    }
}

// SAFETY: an arena's slot has a guard below `limit`, and `Stacks::of` refuses fewer than `MIN_STACK`
// bytes above it.
unsafe impl RawStack for Stack {
    #[inline(always)]
    fn base(&self) -> StackPointer {
        self.0
    }

    fn limit(&self) -> StackPointer {
        let limit = self.head().limit.get();
        NonZeroUsize::new(limit).expect("a limit is never the null address")
    }
}

#[cfg(test)]
mod tests {
    use super::super::registry;
    use super::*;

    #[test]
    fn a_leaked_stack_pins_its_arena() {
        let stacks = Stacks::of(16 << 10).unwrap();
        let stack = stacks.promise().unwrap().redeem().unwrap();
        let arena = Rc::downgrade(&stacks.0);
        let limit = stack.head().limit.get();
        std::mem::forget(stack);
        assert_eq!(
            arena.strong_count(),
            3,
            "the thread, the handle, and the stack"
        );
        assert!(registry::find(limit).is_some(), "still mapped");
    }
}
