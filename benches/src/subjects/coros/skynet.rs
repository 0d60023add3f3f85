//! A tree of coros's tasks.

use std::time::Instant;

use coros::{JoinHandle, spawn};

use super::Coros;
use crate::measure::Sample;
use crate::subjects::BRANCHES;

impl Coros {
    /// Leaves return their numbers, and all others the sum of what their children return.
    pub fn skynet(&mut self, leaves: u64) -> Sample {
        self.main(move || {
            let began = Instant::now();
            let sum = spawn(move || grow(0, leaves)).join();
            let elapsed = began.elapsed();
            assert_eq!(sum.ok(), Some((0..leaves).sum()));
            Sample {
                operations: leaves,
                elapsed,
            }
        })
    }
}

fn grow(first: u64, leaves: u64) -> u64 {
    if leaves == 1 {
        return first;
    }
    let each = leaves / BRANCHES;
    let child = |child| spawn(move || grow(first + child * each, each));
    let children: Vec<_> = (0..BRANCHES).map(child).collect();
    let join = |child: JoinHandle<u64>| child.join().expect("a task returns");
    children.into_iter().map(join).sum()
}
