//! Shortcuts past the kernel: what needs no wait a task does itself, and pays for it out of a budget.
//!
//! An uncontended lock or a channel with room takes no call, and so does not end its caller's turn; nor
//! does a look at whether a task has ended. Each such shortcut spends from a budget instead; one that
//! finds it empty yields first. So no task runs for ever without a trap. The budget belongs to the
//! scheduler, and is not refilled at each turn: that keeps it out of the loop, and a task's shortcuts
//! between two traps stay bounded all the same. (The idea is tokio's "coop".)
//!
//! All pay through [`spend`], or [`spend_on_reading`] for a mere look. What destructors use never suspends,
//! so it pays nothing: wakes, posts, and calls without an answer. Whether anything is observed or traced
//! plays no part: to watch a program changes nothing.

use std::cell::Cell;
use std::fmt;

use super::state::is_dying;
use crate::kernel::abi::Interrupted;
use crate::machine::{self, Request, TaskRef, World, inside_task};

/// What a shortcut costs that takes or gives something.
const SHORTCUT: u32 = 4;

/// What a look costs: it takes a fraction of the time.
const LOOK: u32 = 1;

/// How many shortcuts there are between two yields unless it is said; for each, there are four looks.
pub(crate) const SHORTCUTS: u32 = 128;

thread_local! {
    /// What there is to spend between two yields, for the scheduler that runs on this thread.
    static FULL: Cell<u32> = const { Cell::new(SHORTCUTS * SHORTCUT) };
    /// What is left of it.
    static LEFT: Cell<u32> = const { Cell::new(SHORTCUTS * SHORTCUT) };
}

/// What a scheduler has to spend between two yields, and what is left of it while it does not run.
pub(crate) struct Budget {
    full: Cell<u32>,
    left: Cell<u32>,
}

impl Budget {
    /// Enough for so many shortcuts; with none, each one yields, and so does each look.
    pub(crate) fn of(shortcuts: u32) -> Self {
        let full = shortcuts.saturating_mul(SHORTCUT);
        Self {
            full: Cell::new(full),
            left: Cell::new(full),
        }
    }

    /// Lets it be whole again.
    pub(crate) fn refill(&self) {
        self.left.set(self.full.get());
    }
}

/// Whether the caller may take a shortcut now, which this pays for: it runs in a task, and something is left
/// of the budget. If not, it makes a call instead.
#[inline]
pub(crate) fn is_open() -> bool {
    inside_task() && !take(SHORTCUT)
}

#[inline(always)]
fn take(cost: u32) -> bool {
    let left = LEFT.get();
    let is_spent = left < cost;
    LEFT.set(if is_spent { FULL.get() } else { left - cost });
    is_spent
}

/// Pays for a shortcut that needs no kernel; once in a while that is a yield, so that no task that only
/// takes shortcuts runs for ever.
#[inline(always)]
#[track_caller]
pub(crate) fn spend() {
    if take(SHORTCUT) && inside_task() {
        rest();
    }
}

/// As [`spend`], for what makes a task. One that was killed and has caught that unwinds again here, rather
/// than make tasks for as long as it likes.
#[inline(always)]
#[track_caller]
pub(crate) fn spend_on_birth() {
    spend();
    if is_dying() {
        rest();
    }
}

/// Pays for a look at what another task may change; to be made after this, since it may yield. Outside
/// tasks, where observers and calls that are served look, it is free, so that they disturb no budget.
#[inline(always)]
#[track_caller]
pub(crate) fn spend_on_reading() {
    if inside_task() && take(LOOK) {
        rest();
    }
}

/// Yields, unless the task unwinds: destructors never suspend.
#[cold]
#[inline(never)]
#[track_caller]
fn rest() {
    if !std::thread::panicking() {
        machine::request(Rest);
    }
}

/// As [`Yield`](crate::syscall::Yield), of a task that has done without calls for long enough; so
/// an observer can tell it from one that has nothing to do.
struct Rest;

impl Request for Rest {
    type Reply = ();

    fn serve(&mut self, _: &mut World, _: &TaskRef) -> Option<()> {
        Some(())
    }

    fn abandon(&mut self, _: &mut World, _: &TaskRef, _: Interrupted) {}

    fn alone(&mut self) -> Option<()> {
        Some(())
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Yield(so many shortcuts)")
    }

    fn describe_reply((): &(), _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// Puts a scheduler's budget in force, and at its end the one before back in force.
pub(crate) struct BudgetInForce<'b> {
    own: &'b Budget,
    before: (u32, u32),
}

impl<'b> BudgetInForce<'b> {
    pub(crate) fn new(own: &'b Budget) -> Self {
        let before = (FULL.replace(own.full.get()), LEFT.replace(own.left.get()));
        Self { own, before }
    }
}

impl Drop for BudgetInForce<'_> {
    fn drop(&mut self) {
        FULL.set(self.before.0);
        self.own.left.set(LEFT.replace(self.before.1));
    }
}
