//! Tickets of ready tasks, counted in the order of the tasks' numbers.
//!
//! ```text
//!   height 1, prefix 0:  [ 75  0  160  …]          the tickets below each of its 16 nodes
//!                        ╱         ╲
//!   height 0, prefix 0:  [0 75 0 …]   height 0, prefix 2:  [100 60 0 …]
//!                           task 1                 task 32 ╱   ╲ task 33
//! ```

use std::collections::BTreeMap;

use crate::kernel::Tid;

/// How many bits of a number say which way it goes at a node.
const BITS: u32 = 4;

/// How many ways there are.
const WAYS: usize = 1 << BITS;

/// Tickets of ready tasks; adding, taking and drawing look at one node for each digit of the highest
/// number.
#[derive(Default)]
pub(super) struct Tickets {
    /// The tickets below a node each way, by its height and by the digits above it.
    nodes: BTreeMap<(u32, u64), [u64; WAYS]>,
    /// Who has how many.
    tasks: BTreeMap<u64, (Tid, u64)>,
    total: u64,
    /// The height of the root.
    height: u32,
}

impl Tickets {
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn has(&self, task: Tid) -> bool {
        self.tasks.contains_key(&task.number())
    }

    /// Gives a task tickets: instead of those that it has, if it has any.
    pub(super) fn insert(&mut self, task: Tid, tickets: u64) {
        self.remove(task);
        let number = task.number();
        self.grow_to(number);
        self.tasks.insert(number, (task, tickets));
        self.total += tickets;
        for height in 0..=self.height {
            let node = self.nodes.entry((height, above(number, height)));
            node.or_default()[way(number, height)] += tickets;
        }
    }

    pub(super) fn remove(&mut self, task: Tid) {
        let number = task.number();
        let Some((_, tickets)) = self.tasks.remove(&number) else {
            return;
        };
        self.total -= tickets;
        for height in 0..=self.height {
            let name = (height, above(number, height));
            let node = self.nodes.entry(name).or_default();
            node[way(number, height)] -= tickets;
            if *node == [0; WAYS] {
                self.nodes.remove(&name);
            }
        }
    }

    /// Takes out the task that has this ticket, counted from 0; `None` if there are not so many.
    pub(super) fn take(&mut self, mut ticket: u64) -> Option<Tid> {
        if ticket >= self.total {
            return None;
        }
        let mut number = 0;
        for height in (0..=self.height).rev() {
            let node = self.nodes.get(&(height, number))?;
            let way = node.iter().position(|&tickets| {
                let is_here = ticket < tickets;
                ticket -= if is_here { 0 } else { tickets };
                is_here
            })?;
            number = number << BITS | way as u64;
        }
        let (task, _) = *self.tasks.get(&number)?;
        self.remove(task);
        Some(task)
    }

    /// Raises the root until this number is below it.
    fn grow_to(&mut self, number: u64) {
        while above(number, self.height) != 0 {
            self.height += 1;
            if self.total > 0 {
                let node = self.nodes.entry((self.height, 0)).or_default();
                node[0] = self.total;
            }
        }
    }
}

/// The digits of a number above those that are below a node of this height.
fn above(number: u64, height: u32) -> u64 {
    number.checked_shr(BITS * (height + 1)).unwrap_or(0)
}

/// The way that a number goes at a node of this height.
fn way(number: u64, height: u32) -> usize {
    (number >> (BITS * height)) as usize % WAYS
}
