//! Borrowers and lenders: tasks that borrow from another's stack, and so must be gone before it.
//!
//! The children of a group may borrow from the frame that opened it. What unwinds that frame has to wait
//! until they are gone: the library sees to it while its code runs, and the kernel here, where a lender is
//! killed. Its borrowers are killed first, newest first; and as long as one of them runs, or is dying, the
//! kill is put off. A borrower that was given up pins its lender: that one is given up, too.

use std::cell::{Cell, RefCell};

use slab::Slab;

use super::shared::Shared;
use crate::kernel::abi::Tid;
use crate::kernel::parts::{State, TaskSlot};
use crate::machine::{TaskRef, World};

/// Which task a task borrows from, and which borrow from it.
#[derive(Default)]
struct Borrows {
    /// The lender, and the place among its borrowers.
    lender: Cell<Option<(Tid, usize)>>,
    borrowers: RefCell<Slab<Tid>>,
    /// A borrower was given up: its stack is still there, and may point into this one's.
    pinned: Cell<bool>,
}

impl TaskSlot for Borrows {
    /// Takes a task that is gone from its lender.
    fn ended(&self, world: &mut World, _: &TaskRef) {
        if let Some((lender, place)) = self.lender.get()
            && let Some(lender) = world.find(lender)
        {
            let of_lender = lender.facts().slots.get_or_default::<Borrows>();
            of_lender.borrowers.borrow_mut().try_remove(place);
        }
    }
}

/// Lets a task borrow from another.
///
/// # Panics
///
/// If either has ended.
pub(super) fn lend_to(home: &Shared, borrower: Tid, lender: Tid) {
    let both = home.find(borrower).zip(home.find(lender));
    let (task, its_lender) = both.expect("a borrower and its lender have not ended");
    let of_lender = its_lender.facts().slots.get_or_default::<Borrows>();
    let place = of_lender.borrowers.borrow_mut().insert(borrower);
    let own = task.facts().slots.get_or_default::<Borrows>();
    own.lender.set(Some((lender, place)));
}

/// Whether others may borrow from a task now: not while it dies.
pub(super) fn may_lend(home: &Shared, tid: Tid) -> bool {
    let task = home.find(tid);
    task.is_some_and(|task| State::of(&task) != State::Dying)
}

/// Notes that a task was given up: its lender must never be unwound.
pub(super) fn pin_lender(home: &Shared, task: &TaskRef) {
    let own = task.facts().slots.get::<Borrows>();
    let lender = own.and_then(|own| home.find(own.lender.get()?.0));
    if let Some(lender) = lender {
        let of_lender = lender.facts().slots.get_or_default::<Borrows>();
        of_lender.pinned.set(true);
    }
}

/// Whether a task's stack may be unwound now: none that borrows from it runs or is dying.
pub(super) fn can_be_unwound(home: &Shared, task: &TaskRef) -> bool {
    let is_idle = |borrower: &Tid| {
        let borrower = home.find(*borrower);
        borrower.is_none_or(|task| !task.is_busy() && State::of(&task) != State::Dying)
    };
    !task.is_busy() && all_borrowers(home, task).iter().all(is_idle)
}

/// The borrowers of a task and theirs, and so on: the oldest first, each before its own.
pub(super) fn all_borrowers(home: &Shared, task: &TaskRef) -> Vec<Tid> {
    let (mut found, mut ahead) = (Vec::new(), Vec::new());
    let mut next = Some(task.clone());
    while let Some(task) = next {
        if let Some(own) = task.facts().slots.get::<Borrows>() {
            let from = ahead.len();
            ahead.extend(own.borrowers.borrow().iter().map(|(_, borrower)| *borrower));
            ahead[from..].sort_unstable_by(|a, b| b.cmp(a));
        }
        next = ahead.pop().and_then(|tid: Tid| {
            found.push(tid);
            home.find(tid)
        });
    }
    found
}

/// Whether a task must never be unwound.
pub(super) fn is_pinned(task: &TaskRef) -> bool {
    let own = task.facts().slots.get::<Borrows>();
    own.is_some_and(|own| own.pinned.get() || !own.borrowers.borrow().is_empty())
}
