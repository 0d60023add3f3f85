//! Guardians and wards: tasks that borrow from another's stack, and so must be gone before it.
//!
//! The children of a group may borrow from the frame that opened it. Whatever unwinds that frame has to
//! wait until they are gone: the library sees to it while its code runs, and the kernel here, where a
//! guardian is killed. Its wards are killed first, newest first; and as long as one of them runs, or is
//! dying, the kill is put off. A ward that was given up pins its guardian: that one is given up, too.

use slab::Slab;

use super::core::Core;
use super::state::State;
use super::tid::Tid;

/// Whom a task borrows from, and who borrows from it.
#[derive(Default)]
pub(super) struct Family {
    /// The guardian, and the place among its wards.
    guardian: Option<(Tid, usize)>,
    wards: Slab<Tid>,
    /// A ward was given up: its stack is still there, and may point into this one's.
    pub(super) pinned: bool,
}

impl Core {
    /// Makes a task the ward of another.
    ///
    /// # Panics
    ///
    /// If either has ended.
    pub(super) fn entrust(&mut self, ward: Tid, guardian: Tid) {
        let slots = self.table.find(ward).zip(self.table.find(guardian));
        let (slot, of_guardian) = slots.expect("a ward and its guardian have not ended");
        let wards = &mut self.table.get_mut(of_guardian).extra().family.wards;
        let place = wards.insert(ward);
        self.table.get_mut(slot).extra().family.guardian = Some((guardian, place));
    }

    /// Whether a task may have wards now: not while it dies.
    pub(super) fn may_guard(&self, tid: Tid) -> bool {
        let slot = self.table.find(tid);
        slot.is_some_and(|slot| State::of(&self.table.get(slot).context) != State::Dying)
    }

    /// Notes that a task was given up: its guardian must never be unwound.
    pub(super) fn pin_guardian(&mut self, slot: u32) {
        if let Some(extra) = &self.table.get(slot).extra
            && let Some((guardian, _)) = extra.family.guardian
            && let Some(slot) = self.table.find(guardian)
        {
            self.table.get_mut(slot).extra().family.pinned = true;
        }
    }

    /// Takes a task that is gone from its guardian.
    pub(super) fn leave_family(&mut self, family: &Family) {
        if let Some((guardian, place)) = family.guardian
            && let Some(slot) = self.table.find(guardian)
        {
            self.table
                .get_mut(slot)
                .extra()
                .family
                .wards
                .try_remove(place);
        }
    }

    /// Whether a task's stack may be unwound now: nobody in its family runs or is dying.
    pub(super) fn can_be_unwound(&self, slot: u32) -> bool {
        let is_idle = |ward: &Tid| {
            self.table.find(*ward).is_none_or(|slot| {
                let context = &self.table.get(slot).context;
                !context.is_busy() && State::of(context) != State::Dying
            })
        };
        !self.table.get(slot).context.is_busy() && self.descendants(slot).iter().all(is_idle)
    }

    /// Kills those who borrow from a task that is dying, newest first, but each after its own wards.
    ///
    /// One after the other, not one within the other: families may be deep, and the loop's stack is not.
    pub(super) fn kill_wards(&mut self, slot: u32) {
        for ward in self.descendants(slot).into_iter().rev() {
            self.kill_as_posted(ward);
        }
    }

    /// The wards of a task and theirs, and so on: the oldest first, each before its own.
    fn descendants(&self, slot: u32) -> Vec<Tid> {
        let (mut found, mut ahead) = (Vec::new(), Vec::new());
        let mut next = Some(slot);
        while let Some(slot) = next {
            if let Some(extra) = &self.table.get(slot).extra {
                let from = ahead.len();
                ahead.extend(extra.family.wards.iter().map(|(_, ward)| *ward));
                ahead[from..].sort_unstable_by(|a, b| b.cmp(a));
            }
            next = ahead.pop().and_then(|tid: Tid| {
                found.push(tid);
                self.table.find(tid)
            });
        }
        found
    }

    /// Whether a task must never be unwound.
    pub(super) fn is_pinned(&self, slot: u32) -> bool {
        let extra = self.table.get(slot).extra.as_ref();
        extra.is_some_and(|extra| extra.family.pinned || !extra.family.wards.is_empty())
    }
}
