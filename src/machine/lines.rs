//! Memory for contexts: 64-byte lines in chunks that never move, reused last in, first out.

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Lines allocated at once.
const CHUNK: usize = 256;

/// The lines of one thread. `T` is the content of a line.
pub(super) struct Lines<T> {
    chunks: RefCell<Vec<NonNull<[MaybeUninit<T>]>>>,
    free: RefCell<Vec<NonNull<T>>>,
    live: Cell<usize>,
}

impl<T> Lines<T> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: RefCell::new(Vec::new()),
            free: RefCell::new(Vec::new()),
            live: Cell::new(0),
        }
    }

    /// A line with `content`, valid until it is given to [`put`](Self::put) — for ever, if never.
    #[inline(always)]
    pub(super) fn take(&self, content: T) -> NonNull<T> {
        let free = self.free.borrow_mut().pop();
        let line = free.unwrap_or_else(|| self.grow());
        self.live.set(self.live.get() + 1);
        // SAFETY: a free line is allocated, aligned and nobody else's.
        unsafe { line.write(content) };
        line
    }

    /// Takes a line back.
    ///
    /// # Safety
    ///
    /// The line came from [`take`](Self::take) of this very pool, its content was dropped or need
    /// not be, and nobody uses it any more.
    pub(super) unsafe fn put(&self, line: NonNull<T>) {
        self.live.set(self.live.get() - 1);
        self.free.borrow_mut().push(line);
    }

    #[cold]
    fn grow(&self) -> NonNull<T> {
        let chunk = NonNull::from(Box::leak(Box::<[T]>::new_uninit_slice(CHUNK)));
        self.chunks.borrow_mut().push(chunk);
        let first = chunk.cast::<T>();
        let mut free = self.free.borrow_mut();
        // SAFETY: each index lies within the chunk.
        free.extend((1..CHUNK).rev().map(|index| unsafe { first.add(index) }));
        first
    }
}

impl<T> Drop for Lines<T> {
    fn drop(&mut self) {
        if self.live.get() > 0 {
            // Somebody still refers to a line: a forgotten scheduler, say. They all stay.
            return;
        }
        for chunk in self.chunks.get_mut().drain(..) {
            // SAFETY: `grow` leaked this very box, and no line of it is in use.
            drop(unsafe { Box::from_raw(chunk.as_ptr()) });
        }
    }
}

/// A line must fit the cache's; checked where the content's type is known.
pub(super) const fn fits_a_line<T>() -> bool {
    let layout = Layout::new::<T>();
    layout.size() <= 64 && layout.align() == 64
}
