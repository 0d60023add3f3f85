//! The ready queue: first in, first out, with room to look ahead and to leave from the middle.
//!
//! ```text
//!    head                                        tail
//!   ┌───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┐
//!   │ a │ b │ – │ d │ e │ f │ g │ h │ i │ j │ k │ l │   "–" has left: it was killed
//!   └───┴───┴───┴───┴───┴───┴───┴───┴───┴───┴───┴───┘
//!     17  18  19          ▲                   ▲           places: they never change
//!                         fetch its stack     fetch its line
//! ```

use std::collections::VecDeque;

use crate::machine::Context;

/// From how many ready tasks on looking ahead pays; below, they are all in the cache.
const MANY: usize = 256;

/// How far ahead of its turn a task's line is fetched, and then its stack.
const LINE_AHEAD: usize = 24;
const STACK_AHEAD: usize = 10;

#[derive(Default)]
pub(super) struct ReadyQueue {
    entries: VecDeque<Option<Context>>,
    /// The place of the first entry; the others follow. Places wrap around.
    head: u32,
    /// Entries that have left.
    gaps: usize,
}

impl ReadyQueue {
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.gaps
    }

    /// Adds a task at the tail and tells it its place.
    #[inline(always)]
    pub(super) fn push(&mut self, task: Context) {
        if self.entries.len() == self.entries.capacity() && self.gaps > self.entries.len() / 2 {
            self.close_gaps();
        }
        task.place
            .set(self.head.wrapping_add(self.entries.len() as u32));
        self.entries.push_back(Some(task));
    }

    /// Takes the task at the head.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<Context> {
        if self.entries.len() >= MANY {
            self.look_ahead();
        }
        loop {
            let first = self.entries.pop_front()?;
            self.head = self.head.wrapping_add(1);
            if first.is_some() {
                return first;
            }
            self.gaps -= 1;
        }
    }

    /// Takes a task out of the middle.
    pub(super) fn remove(&mut self, task: &Context) {
        let index = task.place.get().wrapping_sub(self.head) as usize;
        let entry = self.entries.get_mut(index).and_then(Option::take);
        debug_assert!(entry.is_some(), "a task in the queue is at its place");
        self.gaps += usize::from(entry.is_some());
    }

    /// The tasks in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Context> {
        self.entries.iter().flatten()
    }

    #[inline(always)]
    fn look_ahead(&self) {
        if let Some(Some(task)) = self.entries.get(LINE_AHEAD) {
            task.prefetch_line();
        }
        if let Some(Some(task)) = self.entries.get(STACK_AHEAD) {
            task.prefetch_stack();
        }
    }

    /// Makes room without growing: so a queue that is only left from the middle stays small.
    #[cold]
    fn close_gaps(&mut self) {
        self.entries.retain(Option::is_some);
        self.gaps = 0;
        for (index, task) in self.entries.iter().flatten().enumerate() {
            task.place.set(self.head.wrapping_add(index as u32));
        }
    }
}
