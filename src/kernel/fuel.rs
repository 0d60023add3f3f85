//! A budget for what needs no kernel, so that no task runs for ever without a trap.
//!
//! An uncontended lock or a channel with room takes no call, and so does not end its caller's turn.
//! Each such shortcut spends from a budget instead; whoever finds it empty yields first. The budget
//! belongs to the scheduler, and is not refilled at each turn: that keeps it out of the loop, and a
//! task's shortcuts between two traps stay bounded all the same. (The idea is tokio's "coop".)

use std::cell::Cell;

/// How many shortcuts are taken between two yields that they force.
pub(super) const FULL: u32 = 128;

thread_local! {
    /// What is left to the scheduler that runs on this thread.
    static LEFT: Cell<u32> = const { Cell::new(FULL) };
}

/// Spends one unit; says whether the budget was empty, so that the caller is to yield first.
#[inline(always)]
pub(crate) fn is_spent() -> bool {
    let left = LEFT.get();
    LEFT.set(if left == 0 { FULL } else { left - 1 });
    left == 0
}

/// Puts a scheduler's budget in force, and at its end the one before back in force.
pub(super) struct InForce<'b> {
    own: &'b Cell<u32>,
    before: u32,
}

impl<'b> InForce<'b> {
    pub(super) fn new(own: &'b Cell<u32>) -> Self {
        let before = LEFT.replace(own.get());
        Self { own, before }
    }
}

impl Drop for InForce<'_> {
    fn drop(&mut self) {
        self.own.set(LEFT.replace(self.before));
    }
}
