//! The head of a stack: whose it is, at the top of its slot, where the fault reporter finds it.

use std::cell::Cell;
use std::mem::size_of;

use super::name::TaskName;
use super::registry;

/// The step of a colour, in bytes, and how many there are at the most.
const COLOUR: usize = 192;
const COLOURS: usize = 16;

/// How large a small stack is at the most, and how many colours such stacks have.
const SMALL: usize = 32 << 10;
const COLOURS_OF_SMALL: usize = 4;

const SMALL_PAGE: usize = 4096;

/// The most that head and colour take from the top of a slot.
pub(super) const OVERHEAD: usize = COLOUR * (COLOURS - 1) + size_of::<Head>();

/// Whose stack this is; lies at the top of the slot, where the fault reporter finds it.
#[repr(C)]
pub(super) struct Head {
    /// The arena that it goes back to, as a counted pointer.
    pub(super) arena: Cell<*const ()>,
    pub(super) limit: Cell<usize>,
    /// Where the name of the task stands that runs on this stack.
    pub(super) owner: Cell<*const Cell<TaskName>>,
    /// How many bytes of `name` are meant.
    pub(super) name_len: Cell<u8>,
    pub(super) name: Cell<[u8; NAME_ROOM]>,
}

/// Bytes of a task's name that the fault reporter shows.
pub(super) const NAME_ROOM: usize = 103;

impl Head {
    /// The head of the slot that ends at `top`.
    ///
    /// # Safety
    ///
    /// `top` ends a slot whose memory is mapped for as long as the reference is used.
    #[inline(always)]
    pub(super) unsafe fn below<'s>(top: usize) -> &'s Head {
        // SAFETY: passed on from the caller; it is aligned, since its size divides the page that ends
        // there. It is as the system gave it, all zeroes, or as its last owner left it: valid in both
        // cases.
        unsafe { &*((top - size_of::<Head>()) as *const Head) }
    }

    /// The head above the base of a stack.
    ///
    /// # Safety
    ///
    /// The slot of the stack is mapped for as long as the reference is used.
    #[inline(always)]
    pub(super) unsafe fn above<'s>(base: usize) -> &'s Head {
        // SAFETY: passed on from the caller.
        unsafe { Self::below(top_above(base)) }
    }

    /// The name of the task, or as much of it as there was room for.
    pub(super) fn name(&self) -> impl Iterator<Item = u8> {
        let len = usize::from(self.name_len.get());
        self.name.get().into_iter().take(len)
    }
}

/// Whether the stack whose slot ends there was ever used since its memory came from the system.
pub(super) fn has_owner(top: usize) -> bool {
    // SAFETY: the top of a slot is mapped memory as long as its reservation is registered, and all
    // zeroes are a valid head.
    let head = unsafe { Head::below(top) };
    !head.owner.get().is_null()
}

/// How many colours stacks of this size have. Small ones are for tasks by the ten thousand, which no cache
/// would hold anyway, and which are paid for by the page: with few colours most do with one.
pub(super) fn colours_of(size: usize) -> usize {
    match size <= SMALL {
        true => COLOURS_OF_SMALL,
        false => COLOURS,
    }
}

/// Where the stack begins in the slot with this index that ends at `top`: below head and colour.
#[inline(always)]
pub(super) fn base_below(top: usize, index: usize, colours: usize) -> usize {
    top - size_of::<Head>() - index.wrapping_mul(5) % colours * COLOUR
}

/// Where the slot ends whose stack begins at `base`.
#[inline(always)]
pub(super) fn top_above(base: usize) -> usize {
    // A small page divides every page, and the base lies in the last one of its slot.
    (base | (SMALL_PAGE - 1)) + 1
}

/// The name of the task on whose stack an address lies, or as much of it as there was room for.
///
/// # Safety
///
/// If the address lies on any stack, then on that of a task that is alive, and of this thread.
pub(super) unsafe fn name_at(address: usize) -> Option<String> {
    let top = registry::find(address)?.top;
    // SAFETY: the slot ends there, and its head was written when the task got the stack.
    let head = unsafe { Head::below(top) };
    let name: Vec<u8> = head.name().collect();
    Some(String::from_utf8_lossy(&name).into_owned())
}

const _: () = assert!(size_of::<Head>() == 128);
const _: () = assert!(OVERHEAD < SMALL_PAGE);
