//! The run queue: first in, first out, with room to look ahead and to leave from the middle.
//!
//! ```text
//!          head                                    tail
//!           ▼                                       ▼
//!   ┌───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┐
//!   │   │ a │ b │ – │ d │ e │ f │ g │ h │ i │ j │ k │   │   a ring; "–" has left: it was killed
//!   └───┴───┴───┴───┴───┴───┴───┴───┴───┴───┴───┴───┴───┘
//!                         ▲                   ▲
//!                         fetch its stack     fetch its line
//! ```
//!
//! A ring of our own, since this is the hottest data of all: `VecDeque` counts its length down and up
//! again in every turn, which costs 7 % of it. The loop takes tasks out while a running task may put
//! others in, so all is done through a shared reference.

use std::cell::{Cell, UnsafeCell};

use super::task_ref::TaskRef;

/// From how many ready tasks on looking ahead pays; below, they are all in the cache.
const MANY: u32 = 256;

/// How far ahead of its turn a task's line is fetched, and then its stack.
const LINE_AHEAD: u32 = 24;
const STACK_AHEAD: u32 = 10;

pub(crate) struct RunQueue {
    /// A power of two of cells; an entry's place, modulo the size, is its cell.
    ///
    /// No reference into it outlives the method that made it, and while there is one, no other method is
    /// called and no task is dropped: so nothing else looks at the ring meanwhile.
    ring: UnsafeCell<Vec<Option<TaskRef>>>,
    /// The place of the first entry, and the place after the last; they wrap around.
    head: Cell<u32>,
    tail: Cell<u32>,
    /// Cells between the two whose entries have left.
    gaps: Cell<u32>,
}

impl RunQueue {
    pub(crate) fn new() -> Self {
        Self {
            ring: UnsafeCell::new(vec![const { None }; 16]),
            head: Cell::new(0),
            tail: Cell::new(0),
            gaps: Cell::new(0),
        }
    }

    pub(crate) fn len(&self) -> usize {
        (self.span() - self.gaps.get()) as usize
    }

    /// Cells between head and tail.
    #[inline(always)]
    fn span(&self) -> u32 {
        self.tail.get().wrapping_sub(self.head.get())
    }

    /// Takes what is in the cell of a place, and puts something else there.
    #[inline(always)]
    fn replace(&self, place: u32, entry: Option<TaskRef>) -> Option<TaskRef> {
        // SAFETY: see `ring`; nothing below runs foreign code.
        let ring = unsafe { &mut *self.ring.get() };
        let cell = place as usize & (ring.len() - 1);
        std::mem::replace(&mut ring[cell], entry)
    }

    /// Looks at the cell of a place.
    #[inline(always)]
    fn look<R>(&self, place: u32, look: impl FnOnce(Option<&TaskRef>) -> R) -> R {
        // SAFETY: see `ring`; those who look only copy, compare or fetch ahead.
        let ring = unsafe { &*self.ring.get() };
        look(ring[place as usize & (ring.len() - 1)].as_ref())
    }

    #[inline(always)]
    fn cells(&self) -> usize {
        // SAFETY: see `ring`.
        unsafe { &*self.ring.get() }.len()
    }

    /// Adds a task at the tail and tells it its place.
    #[inline(always)]
    pub(crate) fn push(&self, task: TaskRef) {
        if self.span() as usize == self.cells() {
            self.make_room();
        }
        let tail = self.tail.get();
        task.place.set(tail);
        let before = self.replace(tail, Some(task));
        debug_assert!(before.is_none(), "a cell past the tail is empty");
        // It holds nothing, and saying so spares a call.
        std::mem::forget(before);
        self.tail.set(tail.wrapping_add(1));
    }

    /// Takes the task at the head.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<TaskRef> {
        let span = self.span();
        if span == 0 {
            return None;
        }
        if span >= MANY {
            self.look_ahead();
        }
        self.take_head().or_else(|| self.pop_past_gaps())
    }

    #[inline(always)]
    fn take_head(&self) -> Option<TaskRef> {
        let head = self.head.get();
        self.head.set(head.wrapping_add(1));
        self.replace(head, None)
    }

    #[cold]
    #[inline(never)]
    fn pop_past_gaps(&self) -> Option<TaskRef> {
        self.gaps.set(self.gaps.get() - 1);
        while self.span() > 0 {
            if let Some(task) = self.take_head() {
                return Some(task);
            }
            self.gaps.set(self.gaps.get() - 1);
        }
        None
    }

    /// Takes a task out of the middle.
    pub(crate) fn remove(&self, task: &TaskRef) {
        let entry = self.replace(task.place.get(), None);
        debug_assert!(entry.is_some(), "a task in the queue is at its place");
        self.gaps.set(self.gaps.get() + u32::from(entry.is_some()));
        // Gaps at the head are no gaps: to ask for the first takes no search.
        while self.gaps.get() > 0 && self.look(self.head.get(), |first| first.is_none()) {
            self.head.set(self.head.get().wrapping_add(1));
            self.gaps.set(self.gaps.get() - 1);
        }
    }

    /// The tasks in their order, as they are now.
    pub(crate) fn all(&self) -> Vec<TaskRef> {
        self.first(usize::MAX, u32::MAX)
    }

    /// The first few tasks, as far as they are among so many cells.
    pub(crate) fn first(&self, count: usize, cells: u32) -> Vec<TaskRef> {
        let places = (0..self.span().min(cells)).map(|at| self.head.get().wrapping_add(at));
        let tasks = places.filter_map(|place| self.look(place, |task| task.cloned()));
        tasks.take(count).collect()
    }

    #[inline(always)]
    fn look_ahead(&self) {
        let ahead = |by| self.head.get().wrapping_add(by);
        self.look(ahead(LINE_AHEAD), |task| {
            task.inspect(|task| task.prefetch_line());
        });
        self.look(ahead(STACK_AHEAD), |task| {
            task.inspect(|task| task.prefetch_stack());
        });
    }

    /// Closes the gaps, and doubles the ring if that does not free half of it.
    #[cold]
    #[inline(never)]
    fn make_room(&self) {
        let cells = self.cells();
        let size = if self.len() > cells / 2 {
            2 * cells
        } else {
            cells
        };
        // SAFETY: see `ring`.
        let ring = unsafe { &mut *self.ring.get() };
        let mut old = std::mem::replace(ring, vec![const { None }; size]);
        let first = self.head.get() as usize & (cells - 1);
        old.rotate_left(first);
        self.head.set(0);
        self.tail.set(0);
        self.gaps.set(0);
        for task in old.into_iter().flatten() {
            self.push(task);
        }
    }
}
