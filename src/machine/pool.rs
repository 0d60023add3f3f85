//! Memory for tasks: what belongs to one task lies in three arrays of a chunk that never moves.
//!
//! ```text
//!  headers                     waits                       rests
//!  ┌────┬────┬────┬────┬ … ┬──┬────┬────┬────┬────┬ … ┬──┬────────┬────────┬ …
//!  │ 0  │ 1  │ 2  │ 3  │   │  │ 0  │ 1  │ 2  │ 3  │   │  │   0    │   1    │
//!  └────┴────┴────┴────┴ … ┴──┴────┴────┴────┴────┴ … ┴──┴────────┴────────┴ …
//! ```
//!
//! A turn touches the headers alone, one cache line each, and they lie side by side. Slots are reused
//! last in, first out.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Tasks in a chunk; an index is a byte.
const CHUNK: usize = 64;

/// The memory of so many tasks. A header and the wait of the same task lie at one constant distance,
/// where both have the size of a line; a line between the arrays keeps the two out of one cache set.
#[repr(C, align(64))]
struct Chunk<H, W, R> {
    headers: [MaybeUninit<H>; CHUNK],
    skew: [u64; 8],
    waits: [MaybeUninit<W>; CHUNK],
    rests: [MaybeUninit<R>; CHUNK],
}

/// A chunk that is given back by hand.
type RawChunk<H, W, R> = NonNull<MaybeUninit<Chunk<H, W, R>>>;

/// The memory of one task: where its header lies, and which one of its chunk it is.
pub(super) struct Slot<H> {
    pub(super) header: NonNull<H>,
    pub(super) index: u8,
}

impl<H> Clone for Slot<H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for Slot<H> {}

/// The chunks of one thread.
pub(super) struct Pool<H, W, R> {
    chunks: RefCell<Vec<RawChunk<H, W, R>>>,
    free: RefCell<Vec<Slot<H>>>,
}

impl<H, W, R> Pool<H, W, R> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: RefCell::new(Vec::new()),
            free: RefCell::new(Vec::new()),
        }
    }

    /// Memory for a task, not yet written, valid until it is given to [`put`](Self::put): for ever, if
    /// never.
    #[inline(always)]
    pub(super) fn take(&self) -> Slot<H> {
        let free = self.free.borrow_mut().pop();
        free.unwrap_or_else(|| self.grow())
    }

    /// Takes a task's memory back.
    ///
    /// # Safety
    ///
    /// The slot came from [`take`](Self::take) of this very pool, what was written there was dropped or
    /// need not be, and nothing refers to it any more.
    #[inline(always)]
    pub(super) unsafe fn put(&self, slot: Slot<H>) {
        self.free.borrow_mut().push(slot);
    }

    #[cold]
    fn grow(&self) -> Slot<H> {
        let chunk = leak_chunk::<H, W, R>();
        self.chunks.borrow_mut().push(chunk);
        self.free
            .borrow_mut()
            .extend((1..CHUNK).rev().map(|index| slot_in(chunk, index)));
        slot_in(chunk, 0)
    }

    /// A slot of a chunk of its own, for which no pool is there any more: it is never taken back.
    #[cold]
    pub(super) fn leaked() -> Slot<H> {
        slot_in(leak_chunk::<H, W, R>(), 0)
    }

    /// Where the wait of a task lies.
    ///
    /// # Safety
    ///
    /// The slot is one of a pool of this type.
    #[inline(always)]
    pub(super) unsafe fn wait_of(slot: Slot<H>) -> NonNull<W> {
        let start = std::mem::offset_of!(Chunk<H, W, R>, waits);
        let step = size_of::<W>() as isize - size_of::<H>() as isize;
        let distance = start as isize + step * isize::from(slot.index);
        // SAFETY: the slot's pointer may go anywhere in its chunk, and the distance leads from a header
        // to the wait of the same index.
        unsafe { slot.header.byte_offset(distance) }.cast()
    }

    /// Where the rest of a task lies.
    ///
    /// # Safety
    ///
    /// As [`wait_of`](Self::wait_of).
    #[inline(always)]
    pub(super) unsafe fn rest_of(slot: Slot<H>) -> NonNull<R> {
        let start = std::mem::offset_of!(Chunk<H, W, R>, rests);
        let step = size_of::<R>() as isize - size_of::<H>() as isize;
        let distance = start as isize + step * isize::from(slot.index);
        // SAFETY: as in `wait_of`.
        unsafe { slot.header.byte_offset(distance) }.cast()
    }
}

impl<H, W, R> Drop for Pool<H, W, R> {
    /// Gives the chunks back of which no task is left. A task may still be referred to, as by a handle or a
    /// scheduler that was forgotten: its chunk stays.
    fn drop(&mut self) {
        let chunk_of =
            |slot: &Slot<H>| slot.header.addr().get() - usize::from(slot.index) * size_of::<H>();
        let mut free: Vec<usize> = self.free.get_mut().iter().map(chunk_of).collect();
        free.sort_unstable();
        for chunk in self.chunks.get_mut().drain(..) {
            let start = chunk.addr().get();
            let from = free.partition_point(|&free| free < start);
            let count = free[from..].partition_point(|&free| free == start);
            if count == CHUNK {
                // SAFETY: `leak_chunk` leaked this very box, and no slot of it is in use.
                drop(unsafe { Box::from_raw(chunk.as_ptr()) });
            }
        }
    }
}

fn leak_chunk<H, W, R>() -> RawChunk<H, W, R> {
    NonNull::from(Box::leak(Box::new_uninit()))
}

/// A slot whose pointer may go anywhere in the chunk.
fn slot_in<H, W, R>(chunk: RawChunk<H, W, R>, index: usize) -> Slot<H> {
    // SAFETY: the headers are the chunk's first field, and the index lies within them.
    let header = unsafe { chunk.cast::<H>().add(index) };
    Slot {
        header,
        index: index as u8,
    }
}

const _: () = assert!(CHUNK <= 1 + u8::MAX as usize);
