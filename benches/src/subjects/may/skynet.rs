//! A tree of may's coroutines.

use std::time::Instant;

use super::{May, run, spawn};
use crate::measure::Sample;
use crate::subjects::BRANCHES;

/// Leaves of a branch that grows at once. Since new coroutines have no turn while an old one is ready,
/// a whole tree would, and there are not that many stacks: so branches larger than this grow one after
/// the other.
const AT_ONCE: u64 = 1_000;

impl May {
    /// Leaves return their numbers, and all others the sum of what their children return.
    pub fn skynet(&self, leaves: u64) -> Sample {
        run(move || {
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
    let mut children = (0..BRANCHES).map(|child| spawn(move || grow(first + child * each, each)));
    let join = |child: super::JoinHandle<u64>| child.join().expect("a coroutine returns");
    if each >= AT_ONCE {
        return children.map(join).sum();
    }
    let children: Vec<_> = children.by_ref().collect();
    children.into_iter().map(join).sum()
}
