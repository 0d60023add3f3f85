//! The call that receives an item in a rendezvous.

use super::Rendezvous;
use super::party::Party;
use crate::channel::error::RecvError;
use crate::kernel::{Interrupted, Kernel, Tid, WaitList, Why};

/// Gets an item from a sender that waits, or is given one.
pub(in crate::channel) struct Get<'p, T> {
    rendezvous: &'p Rendezvous<T>,
    /// Where it stands in line.
    place: Option<u64>,
}

impl<'p, T> Get<'p, T> {
    pub(in crate::channel) fn new(rendezvous: &'p Rendezvous<T>) -> Self {
        Self {
            rendezvous,
            place: None,
        }
    }

    /// To be called from the `serve` of a call; without an answer the caller waits on the list.
    pub(in crate::channel) fn serve(
        &mut self,
        kernel: &mut Kernel,
        caller: Tid,
        list: &WaitList,
    ) -> Option<Result<T, RecvError>> {
        let rendezvous = self.rendezvous;
        let given = self.place.and_then(|place| rendezvous.collect(place));
        if let Some(item) = given {
            self.place = None;
            return Some(Ok(item));
        }
        let before = self.place.unwrap_or(u64::MAX);
        let taken = rendezvous.take_before(Some(caller), before).map(Ok);
        let over = || rendezvous.is_drained().then_some(Err(RecvError::Closed));
        if let Some(answer) = taken.or_else(over) {
            self.withdraw_request();
            return Some(answer);
        }
        // Park first: it panics on another scheduler's list, and then this task does not wait.
        kernel.park(caller, list);
        let stand = || rendezvous.request(Party::of(kernel, caller));
        self.place.get_or_insert_with(stand);
        None
    }

    /// To be called from the `abandon` of a call: an item that was given is had all the same, unless the
    /// caller is killed; then it is the next one's.
    pub(in crate::channel) fn abandon(
        &mut self,
        kernel: &mut Kernel,
        why: Interrupted,
    ) -> Result<T, RecvError> {
        if why.why() == Why::Killed {
            let place = self.place.take();
            place
                .into_iter()
                .for_each(|place| self.rendezvous.give_to_next(place));
        } else if let Some(item) = self.place.and_then(|place| self.rendezvous.collect(place)) {
            self.place = None;
            kernel.was_granted();
            return Ok(item);
        }
        self.withdraw_request();
        Err(RecvError::Interrupted(why))
    }

    fn withdraw_request(&mut self) {
        if let Some(place) = self.place.take() {
            self.rendezvous.withdraw_request(place);
        }
    }
}
