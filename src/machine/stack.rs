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
//! at one distance from the top. The colour, a shift by up to 15 × 192 bytes, ends that.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::mem::size_of;
use std::num::NonZeroUsize;
use std::rc::Rc;

use corosensei::stack::{Stack as RawStack, StackPointer};

use super::arena::Arena;

/// What a task gets unless it asks otherwise: room for a debug panic with its backtrace, a closure
/// of 9 KB and deep formatting. Address space is nearly free; only touched pages are paid for.
pub(crate) const DEFAULT_STACK: usize = 256 * 1024;

/// The least that a task can do anything useful with: printing a line in a debug build.
pub(crate) const MIN_STACK: usize = 8 * 1024;

/// The step of a colour, in bytes, and how many there are.
const COLOUR: usize = 192;
const COLOURS: usize = 16;

/// The most that head and colour take from the top of a slot.
pub(super) const OVERHEAD: usize = COLOUR * (COLOURS - 1) + size_of::<Head>();

/// A small page divides every page, so the end of the small page that the base lies in is the top.
const SMALL_PAGE: usize = 4096;

/// Why there is no stack.
#[derive(Debug)]
pub(crate) enum StackError {
    /// Fewer bytes were asked for than a task can live on.
    TooSmall {
        /// What was asked for.
        asked: usize,
    },
    /// More bytes were asked for than can be addressed.
    TooLarge {
        /// What was asked for.
        asked: usize,
    },
    /// Guards are made by `mprotect` here, and no more of them fit.
    TooManyGuards {
        /// How many fit.
        limit: usize,
    },
    /// The system refused.
    NoMemory(io::Error),
}

impl fmt::Display for StackError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSmall { asked } => write!(
                out,
                "a stack of {asked} bytes is too small: ask for at least {MIN_STACK}"
            ),
            Self::TooLarge { asked } => write!(
                out,
                "a stack of {asked} bytes is too large for this machine's address space"
            ),
            Self::TooManyGuards { limit } => write!(
                out,
                "no room for more than {limit} guarded stacks: each takes two mappings here; \
                 raise vm.max_map_count, or use Linux 6.13 or later"
            ),
            Self::NoMemory(cause) => write!(out, "the system gave no memory for a stack: {cause}"),
        }
    }
}

/// Whose stack this is; lies at the top of the slot, where the fault reporter finds it.
#[repr(C)]
pub(super) struct Head {
    pub(super) arena: Cell<*const Arena>,
    pub(super) limit: Cell<usize>,
    /// Where the number of the task stands that runs on this stack.
    pub(super) owner: Cell<*const Cell<u64>>,
    /// How many bytes of `name` are meant.
    pub(super) name_len: Cell<u8>,
    pub(super) name: Cell<[u8; NAME_ROOM]>,
}

/// Bytes of a task's name that the fault reporter shows.
pub(super) const NAME_ROOM: usize = 103;

/// A stack in use; goes back to its arena when dropped. One word: the base.
pub(crate) struct Stack(NonZeroUsize);

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

    /// One of them.
    #[inline]
    pub(crate) fn take(&self) -> Result<Stack, StackError> {
        self.0.check_out()
    }
}

impl Stack {
    /// Makes a stack of a free slot.
    ///
    /// # Safety
    ///
    /// `[limit, top)` is writable memory of `arena` with a guard below it, and nobody uses it.
    /// `top` ends a page.
    pub(super) unsafe fn in_slot(
        arena: &Rc<Arena>,
        index: usize,
        limit: usize,
        top: usize,
    ) -> Stack {
        let head = top - size_of::<Head>();
        let base = head - index.wrapping_mul(5) % COLOURS * COLOUR;
        // SAFETY: the head lies within the slot, aligned since its size divides the page. It is as the
        // system gave it, all zeroes, or as the last owner left it: valid in both cases.
        let head = unsafe { &*(head as *const Head) };
        head.arena.set(Rc::into_raw(Rc::clone(arena)));
        head.limit.set(limit);
        Stack(NonZeroUsize::new(base).expect("a base is never the null address"))
    }

    /// The stack's head.
    pub(super) fn head(&self) -> &Head {
        let top = (self.0.get() | (SMALL_PAGE - 1)) + 1;
        // SAFETY: `in_slot` wrote the head there, and the slot is ours until we are dropped.
        unsafe { &*((top - size_of::<Head>()) as *const Head) }
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
    fn drop(&mut self) {
        let head = self.head();
        // SAFETY: `in_slot` made the pointer with `Rc::into_raw`, and this takes it back once.
        let arena = unsafe { Rc::from_raw(head.arena.get()) };
        arena.check_in(head.limit.get());
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

const _: () = assert!(size_of::<Head>() == 128 && OVERHEAD < SMALL_PAGE);
