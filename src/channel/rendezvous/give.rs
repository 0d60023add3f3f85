//! The call that sends an item in a rendezvous.

use super::Rendezvous;
use super::party::{Offerer, Party};
use crate::channel::error::SendError;
use crate::kernel::{Interrupted, Kernel, Tid, WaitList};

/// When an item is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::channel) enum When {
    /// When a receiver comes for it, so that an interruption until then keeps the item.
    Taken,
    /// At once, to a receiver that waits: for a branch of a select.
    AtOnce,
}

/// Gives an item to a receiver; until then it stays, or lies open, as its caller's own.
pub(in crate::channel) struct Give<'p, T> {
    rendezvous: &'p Rendezvous<T>,
    when: When,
    /// Where the item lies open.
    place: Option<u64>,
}

impl<'p, T> Give<'p, T> {
    pub(in crate::channel) fn new(rendezvous: &'p Rendezvous<T>, when: When) -> Self {
        Self {
            rendezvous,
            when,
            place: None,
        }
    }

    /// To be called from the `serve` of a call; without an answer the caller waits on the list.
    pub(in crate::channel) fn serve(
        &mut self,
        item: &mut Option<T>,
        kernel: &mut Kernel,
        caller: Tid,
        list: &WaitList,
    ) -> Option<Result<(), SendError<()>>> {
        let rendezvous = self.rendezvous;
        if self.place.is_some_and(|place| rendezvous.is_taken(place)) {
            self.place = None;
            return Some(Ok(()));
        }
        if rendezvous.is_closed() {
            self.take_back(item);
            return Some(Err(SendError::Closed(())));
        }
        if self.when == When::AtOnce && self.give(item, caller) {
            return Some(Ok(()));
        }
        // Park first: it panics on another scheduler's list, and then this task does not wait.
        kernel.park(caller, list);
        if self.place.is_none() {
            let party = Party::of(kernel, caller);
            self.place = Some(rendezvous.offer(item.take()?, Offerer::Call(party)));
        }
        None
    }

    /// Gives the item, wherever it lies, to a receiver that waits; says whether there was one.
    fn give(&mut self, item: &mut Option<T>, caller: Tid) -> bool {
        if let Some(place) = self.place {
            let is_given = self.rendezvous.give_from(place);
            self.place = self.place.filter(|_| !is_given);
            return is_given;
        }
        if let Some(given) = item.take() {
            *item = self.rendezvous.give(given, Some(caller)).err();
        }
        item.is_none()
    }

    /// To be called from the `abandon` of a call: what was taken before is given.
    pub(in crate::channel) fn abandon(
        &mut self,
        item: &mut Option<T>,
        kernel: &mut Kernel,
        why: Interrupted,
    ) -> Result<(), SendError<()>> {
        if self
            .place
            .is_some_and(|place| self.rendezvous.is_taken(place))
        {
            kernel.was_granted();
            return Ok(());
        }
        self.take_back(item);
        Err(SendError::Interrupted((), why))
    }

    fn take_back(&mut self, item: &mut Option<T>) {
        if let Some(place) = self.place.take() {
            *item = self.rendezvous.withdraw(place);
        }
    }
}
