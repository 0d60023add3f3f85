//! A channel without room: where senders and receivers meet, hand to hand.
//!
//! An item goes from one call to another, and commits both or neither. A call that takes it is answered
//! at that moment. A call that gives it waits for that with the item laid open; or, where it need not
//! wait, it gives to a receiver that does, whose call is answered with the item from then on, whatever
//! else that waits for.
//!
//! ```text
//!   laid open ──▶ taken by a receiver ──▶ its sender is told
//!         └─────▶ withdrawn: closed, interrupted, killed, or another branch was answered
//!
//!   given to a receiver that waits ──▶ on its way ──▶ had
//!                                          └──▶ the receiver is killed: given to the next, or left
//! ```
//!
//! No call meets itself: one that offers and asks in two branches of a select meets those of others. To a
//! future nothing is given, since it may be dropped at any time: it takes, when it is polled.

mod get;
mod give;
mod parties;
mod party;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub(super) use get::Get;
pub(super) use give::{Give, When};
pub(super) use party::{Offerer, Party};

use self::parties::Parties;
use crate::kernel::Tid;
use crate::wakers::Wakers;

/// Who waits on either side, and what is between them.
pub(super) struct Rendezvous<T> {
    /// Never borrowed while users' code runs.
    parties: RefCell<Parties<T>>,
    /// Whether the channel is closed: then nothing that lies open is taken any more.
    closed: Cell<bool>,
    /// Whether all that wait were told that nothing comes any more.
    over: Cell<bool>,
    /// The futures that wait on either side.
    pub(super) giving: Wakers,
    pub(super) taking: Wakers,
}

impl<T> Rendezvous<T> {
    pub(super) fn new() -> Self {
        Self {
            parties: RefCell::default(),
            closed: Cell::new(false),
            over: Cell::new(false),
            giving: Wakers::default(),
            taking: Wakers::default(),
        }
    }

    /// How many items were given, and not had yet.
    pub(super) fn len(&self) -> usize {
        self.parties.borrow().items()
    }

    pub(super) fn waiting_senders(&self) -> usize {
        self.parties.borrow().offers()
    }

    pub(super) fn waiting_receivers(&self) -> usize {
        self.parties.borrow().requests()
    }

    /// Gives an item to the first receiver that waits and for which no other item is meant; else it comes
    /// back. `offerer` is the call that gives, if it may have a branch that receives.
    pub(super) fn give(&self, item: T, offerer: Option<Tid>) -> Result<(), T> {
        self.parties.borrow_mut().give(item, offerer)
    }

    /// Lays an item open behind those of others, and wakes a receiver; says where it lies.
    pub(super) fn offer(&self, item: T, offerer: Offerer) -> u64 {
        let place = self.parties.borrow_mut().offer(item, offerer);
        self.wake_next();
        place
    }

    /// Whether the item that lay open there was taken.
    pub(super) fn is_taken(&self, place: u64) -> bool {
        self.parties.borrow().is_taken(place)
    }

    /// Gives the item that lies open there, as [`give`](Self::give) does; says whether it was given.
    fn give_from(&self, place: u64) -> bool {
        let is_given = self.parties.borrow_mut().give_from(place);
        if is_given {
            self.wake_next();
        }
        is_given
    }

    /// Takes an item back, unless it was taken.
    pub(super) fn withdraw(&self, place: u64) -> Option<T> {
        let item = self.parties.borrow_mut().withdraw(place)?;
        // Who waited for it may have another.
        self.wake_next();
        Some(item)
    }

    /// Takes an item for a receiver that does not stand in line; `caller` is the task, if it is one that may
    /// have a branch that sends.
    pub(super) fn take(&self, caller: Option<Tid>) -> Option<T> {
        self.take_before(caller, u64::MAX)
    }

    /// Takes an item for a receiver, unless it is meant for one that stands before `place`.
    fn take_before(&self, caller: Option<Tid>, place: u64) -> Option<T> {
        let item = self
            .take_left(place)
            .or_else(|| self.take_open(caller, place))?;
        self.wake_next();
        Some(item)
    }

    fn take_left(&self, place: u64) -> Option<T> {
        self.parties.borrow_mut().take_left(place)
    }

    fn take_open(&self, caller: Option<Tid>, place: u64) -> Option<T> {
        if self.is_closed() {
            return None;
        }
        let (item, offerer) = self.parties.borrow_mut().take_open(caller, place)?;
        match offerer.party() {
            Some(party) => party.choose(),
            None => self.giving.call(),
        }
        Some(item)
    }

    /// Stands in line for an item, behind the others; says where.
    fn request(&self, requester: Party) -> u64 {
        let place = self.parties.borrow_mut().request(requester);
        self.wake_next();
        place
    }

    /// Leaves the line; what this one was woken for may be for the next.
    fn withdraw_request(&self, place: u64) {
        self.parties.borrow_mut().withdraw_request(place);
        self.wake_next();
    }

    /// The item that was given to the receiver at this place, if one was.
    fn collect(&self, place: u64) -> Option<T> {
        let item = self.parties.borrow_mut().collect(place)?;
        self.wake_next();
        Some(item)
    }

    /// Takes the receiver at this place for killed: an item that was given to it is the next one's, or lies
    /// here for one that comes.
    fn give_to_next(&self, place: u64) {
        let was_chosen = self.parties.borrow_mut().give_to_next(place);
        if was_chosen {
            self.wake_next();
        } else {
            self.withdraw_request(place);
        }
    }

    /// Wakes the first receiver for which something lies here, or the offerer of that; when the receiver
    /// has left the line, the next is woken.
    fn wake_next(&self) {
        let parties = self.parties.borrow();
        if self.is_drained() {
            // Once is enough: from then on each that comes is answered at once.
            if !self.over.replace(true) {
                parties.wake_all();
                self.taking.call();
            }
        } else if parties.has_something() && !parties.wake_first() {
            self.taking.call();
        }
    }

    /// Lets nothing be taken any more but what is on its way, and wakes the futures; those who wait in
    /// lists the caller wakes.
    pub(super) fn close(&self) {
        self.closed.set(true);
        self.giving.call();
        self.taking.call();
    }

    fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Whether nothing is there to be had, now or ever.
    pub(super) fn is_drained(&self) -> bool {
        self.is_closed() && self.len() == 0
    }

    /// The items that no receiver is left for.
    pub(super) fn clear(&self) -> VecDeque<T> {
        self.parties.borrow_mut().clear()
    }
}
