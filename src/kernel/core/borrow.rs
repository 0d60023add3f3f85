//! Guardians and wards: tasks that borrow from another's stack, and so must be gone before it.
//!
//! The children of a group may borrow from the frame that opened it. Whatever unwinds that frame has to
//! wait until they are gone: the library sees to it while its code runs, and the kernel here, where a
//! guardian is killed. Its wards are killed first, newest first; and as long as one of them runs, or is
//! dying, the kill is put off. A ward that was given up pins its guardian: that one is given up, too.

use slab::Slab;

use super::Core;
use super::shared::Shared;
use super::state::State;
use crate::kernel::abi::tid::Tid;
use crate::machine::TaskRef;

/// Whom a task borrows from, and who borrows from it.
#[derive(Default)]
pub(in crate::kernel) struct Family {
    /// The guardian, and the place among its wards.
    guardian: Option<(Tid, usize)>,
    wards: Slab<Tid>,
    /// A ward was given up: its stack is still there, and may point into this one's.
    pub(in crate::kernel) pinned: bool,
}

impl Shared {
    /// Makes a task the ward of another.
    ///
    /// # Panics
    ///
    /// If either has ended.
    pub(in crate::kernel) fn entrust(&self, ward: Tid, guardian: Tid) {
        let both = self.table.find(ward).zip(self.table.find(guardian));
        let (task, its_guardian) = both.expect("a ward and its guardian have not ended");
        let family = &its_guardian.facts().extra().family;
        let place = family.borrow_mut().wards.insert(ward);
        let family = &task.facts().extra().family;
        family.borrow_mut().guardian = Some((guardian, place));
    }

    /// Whether a task may have wards now: not while it dies.
    pub(in crate::kernel) fn may_guard(&self, tid: Tid) -> bool {
        let task = self.table.find(tid);
        task.is_some_and(|task| State::of(&task) != State::Dying)
    }
}

impl Core {
    /// Notes that a task was given up: its guardian must never be unwound.
    pub(in crate::kernel) fn pin_guardian(&mut self, task: &TaskRef) {
        if let Some(extra) = task.facts().extra_if_any()
            && let Some((guardian, _)) = extra.family.borrow().guardian
            && let Some(guardian) = self.table.find(guardian)
        {
            guardian.facts().extra().family.borrow_mut().pinned = true;
        }
    }

    /// Takes a task that is gone from its guardian.
    pub(in crate::kernel) fn leave_family(&mut self, family: &Family) {
        if let Some((guardian, place)) = family.guardian
            && let Some(guardian) = self.table.find(guardian)
        {
            let family = &guardian.facts().extra().family;
            family.borrow_mut().wards.try_remove(place);
        }
    }

    /// Whether a task's stack may be unwound now: nobody in its family runs or is dying.
    pub(in crate::kernel) fn can_be_unwound(&self, task: &TaskRef) -> bool {
        let is_idle = |ward: &Tid| {
            let ward = self.table.find(*ward);
            ward.is_none_or(|ward| !ward.is_busy() && State::of(&ward) != State::Dying)
        };
        !task.is_busy() && self.descendants(task).iter().all(is_idle)
    }

    /// Kills those who borrow from a task that is dying, newest first, but each after its own wards.
    ///
    /// One after the other, not one within the other: families may be deep, and the loop's stack is not.
    pub(in crate::kernel) fn kill_wards(&mut self, task: &TaskRef) {
        for ward in self.descendants(task).into_iter().rev() {
            self.kill_as_posted(ward);
        }
    }

    /// The wards of a task and theirs, and so on: the oldest first, each before its own.
    fn descendants(&self, task: &TaskRef) -> Vec<Tid> {
        let (mut found, mut ahead) = (Vec::new(), Vec::new());
        let mut next = Some(task.clone());
        while let Some(task) = next {
            if let Some(extra) = task.facts().extra_if_any() {
                let from = ahead.len();
                let family = extra.family.borrow();
                ahead.extend(family.wards.iter().map(|(_, ward)| *ward));
                ahead[from..].sort_unstable_by(|a, b| b.cmp(a));
            }
            next = ahead.pop().and_then(|tid: Tid| {
                found.push(tid);
                self.table.find(tid)
            });
        }
        found
    }
}

/// Whether a task must never be unwound.
pub(in crate::kernel) fn is_pinned(task: &TaskRef) -> bool {
    task.facts().extra_if_any().is_some_and(|extra| {
        let family = extra.family.borrow();
        family.pinned || !family.wards.is_empty()
    })
}
