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

use std::cell::UnsafeCell;

use super::task_ref::TaskRef;

/// From how many ready tasks on looking ahead pays; below, they are all in the cache.
const MANY: u32 = 256;

/// How far ahead of its turn a task's line is fetched, and then its stack.
const LINE_AHEAD: u32 = 24;
const STACK_AHEAD: u32 = 10;

/// The tasks that are ready, in their order.
///
/// No reference into the ring outlives the method that made it, and while there is one no other method is
/// called and no task is dropped, so that no foreign code runs: nothing else looks at the ring meanwhile.
pub(crate) struct RunQueue(UnsafeCell<Ring>);

impl RunQueue {
    pub(crate) fn new() -> Self {
        Self(UnsafeCell::new(Ring::new()))
    }

    pub(crate) fn len(&self) -> usize {
        // SAFETY: see `RunQueue`.
        unsafe { &*self.0.get() }.len()
    }

    /// Adds a task at the tail and tells it its place.
    #[inline(always)]
    pub(crate) fn push(&self, task: TaskRef) {
        // SAFETY: see `RunQueue`.
        unsafe { &mut *self.0.get() }.push(task);
    }

    /// Takes the task at the head.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<TaskRef> {
        // SAFETY: see `RunQueue`.
        unsafe { &mut *self.0.get() }.pop()
    }

    /// Takes a task out of the middle.
    pub(crate) fn remove(&self, task: &TaskRef) {
        // SAFETY: see `RunQueue`.
        let entry = unsafe { &mut *self.0.get() }.remove(task);
        debug_assert!(entry.is_some(), "a task in the queue is at its place");
    }

    /// The tasks in their order, as they are now.
    pub(crate) fn all(&self) -> Vec<TaskRef> {
        self.first(usize::MAX, u32::MAX).collect()
    }

    /// The first few tasks, as far as they are among so many cells.
    pub(crate) fn first(&self, count: usize, cells: u32) -> impl Iterator<Item = TaskRef> {
        // SAFETY: see `RunQueue`.
        let span = unsafe { &*self.0.get() }.span();
        let places = 0..span.min(cells);
        // SAFETY: as above; nothing of the queue is lent from one task to the next.
        let tasks = places.filter_map(|at| unsafe { &*self.0.get() }.get(at));
        tasks.take(count)
    }
}

struct Ring {
    /// A power of two of cells; an entry's place, modulo the size, is its cell.
    ring: Vec<Option<TaskRef>>,
    /// The place of the first entry, and the place after the last; they wrap around.
    head: u32,
    tail: u32,
    /// Cells between the two whose entries have left.
    gaps: u32,
}

impl Ring {
    fn new() -> Self {
        Self {
            ring: vec![const { None }; 16],
            head: 0,
            tail: 0,
            gaps: 0,
        }
    }

    fn len(&self) -> usize {
        (self.span() - self.gaps) as usize
    }

    /// Cells between head and tail.
    #[inline(always)]
    fn span(&self) -> u32 {
        self.tail.wrapping_sub(self.head)
    }

    #[inline(always)]
    fn cell(&self, place: u32) -> usize {
        place as usize & (self.ring.len() - 1)
    }

    #[inline(always)]
    fn push(&mut self, task: TaskRef) {
        if self.span() as usize == self.ring.len() {
            self.make_room();
        }
        task.place.set(self.tail);
        let cell = self.cell(self.tail);
        let before = self.ring[cell].replace(task);
        debug_assert!(before.is_none(), "a cell past the tail is empty");
        // It holds nothing, and saying so spares a call.
        std::mem::forget(before);
        self.tail = self.tail.wrapping_add(1);
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<TaskRef> {
        let span = self.span();
        if span == 0 {
            return None;
        }
        if span >= MANY {
            self.look_ahead();
        }
        let cell = self.cell(self.head);
        self.head = self.head.wrapping_add(1);
        self.ring[cell].take().or_else(|| self.pop_past_gaps())
    }

    #[cold]
    #[inline(never)]
    fn pop_past_gaps(&mut self) -> Option<TaskRef> {
        self.gaps -= 1;
        while self.head != self.tail {
            let cell = self.cell(self.head);
            self.head = self.head.wrapping_add(1);
            if let Some(task) = self.ring[cell].take() {
                return Some(task);
            }
            self.gaps -= 1;
        }
        None
    }

    fn remove(&mut self, task: &TaskRef) -> Option<TaskRef> {
        let cell = self.cell(task.place.get());
        let entry = self.ring[cell].take();
        self.gaps += u32::from(entry.is_some());
        // Gaps at the head are no gaps: to ask for the first takes no search.
        while self.gaps > 0 && self.ring[self.cell(self.head)].is_none() {
            self.head = self.head.wrapping_add(1);
            self.gaps -= 1;
        }
        entry
    }

    /// What is so many cells behind the head.
    #[inline]
    fn get(&self, at: u32) -> Option<TaskRef> {
        self.ring[self.cell(self.head.wrapping_add(at))].clone()
    }

    #[inline(always)]
    fn look_ahead(&self) {
        let ahead = |by| self.ring[self.cell(self.head.wrapping_add(by))].as_ref();
        if let Some(task) = ahead(LINE_AHEAD) {
            task.prefetch_line();
        }
        if let Some(task) = ahead(STACK_AHEAD) {
            task.prefetch_stack();
        }
    }

    /// Closes the gaps, and doubles the ring if that does not free half of it.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        let cells = self.ring.len();
        let size = if self.len() > cells / 2 {
            2 * cells
        } else {
            cells
        };
        let mut old = std::mem::replace(&mut self.ring, vec![const { None }; size]);
        let first = self.head as usize & (cells - 1);
        old.rotate_left(first);
        (self.head, self.tail, self.gaps) = (0, 0, 0);
        for task in old.into_iter().flatten() {
            self.push(task);
        }
    }
}
