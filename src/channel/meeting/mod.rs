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
mod lines;
mod party;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

pub(super) use get::Get;
pub(super) use give::{Give, Manner};
pub(super) use party::{Giver, Party, Taker};

use self::lines::Lines;
use crate::kernel::{Guests, Tid};

/// Who waits on either side, and what is between them.
pub(super) struct Meeting<T> {
    /// Never borrowed while users' code runs.
    lines: RefCell<Lines<T>>,
    /// Whether the channel is closed: then nothing that lies open is taken any more.
    shut: Cell<bool>,
    /// The futures that wait on either side.
    pub(super) giving: Guests,
    pub(super) taking: Guests,
}

impl<T> Meeting<T> {
    pub(super) fn new() -> Self {
        Self {
            lines: RefCell::default(),
            shut: Cell::new(false),
            giving: Guests::default(),
            taking: Guests::default(),
        }
    }

    /// How many items were given, and not had yet.
    pub(super) fn len(&self) -> usize {
        self.lines.borrow().items()
    }

    pub(super) fn waiting_senders(&self) -> usize {
        self.lines.borrow().offers()
    }

    pub(super) fn waiting_receivers(&self) -> usize {
        self.lines.borrow().requests()
    }

    /// Gives an item to the first receiver that waits and for which no other item is meant; else it comes
    /// back. `giver` is the call that gives, if it may have a branch that receives.
    pub(super) fn give(&self, item: T, giver: Option<Tid>) -> Result<(), T> {
        self.lines.borrow_mut().give(item, giver)
    }

    /// Lays an item open behind those of others, and calls a receiver; says where it lies.
    pub(super) fn offer(&self, item: T, giver: Giver) -> u64 {
        let place = self.lines.borrow_mut().offer(item, giver);
        self.call();
        place
    }

    /// Whether the item that lay open there was taken.
    pub(super) fn is_taken(&self, place: u64) -> bool {
        self.lines.borrow().is_taken(place)
    }

    /// Gives the item that lies open there, as [`give`](Self::give) does; says whether it was given.
    fn give_from(&self, place: u64) -> bool {
        let is_given = self.lines.borrow_mut().give_from(place);
        if is_given {
            self.call();
        }
        is_given
    }

    /// Takes an item back, unless it was taken.
    pub(super) fn withdraw(&self, place: u64) -> Option<T> {
        let item = self.lines.borrow_mut().withdraw(place)?;
        // Who waited for it may have another.
        self.call();
        Some(item)
    }

    /// Takes an item for a receiver that does not stand in line.
    pub(super) fn take(&self, taker: Taker) -> Option<T> {
        self.take_before(taker, u64::MAX)
    }

    /// Takes an item for a receiver, unless it is meant for one that stands before `place`.
    fn take_before(&self, taker: Taker, place: u64) -> Option<T> {
        let item = self
            .take_left(place)
            .or_else(|| self.take_open(taker, place))?;
        self.call();
        Some(item)
    }

    fn take_left(&self, place: u64) -> Option<T> {
        self.lines.borrow_mut().take_left(place)
    }

    fn take_open(&self, taker: Taker, place: u64) -> Option<T> {
        if self.is_shut() {
            return None;
        }
        let (item, giver) = self.lines.borrow_mut().take_open(taker, place)?;
        match giver.party() {
            Some(party) => party.choose(),
            None => self.giving.call(),
        }
        Some(item)
    }

    /// Stands in line for an item, behind the others; says where.
    fn request(&self, taker: Party) -> u64 {
        let place = self.lines.borrow_mut().request(taker);
        self.call();
        place
    }

    /// Leaves the line; what this one was called for may be for the next.
    fn retract(&self, place: u64) {
        self.lines.borrow_mut().retract(place);
        self.call();
    }

    /// The item that was given to the receiver at this place, if one was.
    fn come(&self, place: u64) -> Option<T> {
        let item = self.lines.borrow_mut().come(place)?;
        self.call();
        Some(item)
    }

    /// Takes the receiver at this place for killed: an item that was given to it is the next one's, or lies
    /// here for one that comes.
    fn pass_on(&self, place: u64) {
        let was_chosen = self.lines.borrow_mut().pass_on(place);
        if was_chosen {
            self.call();
        } else {
            self.retract(place);
        }
    }

    /// Calls the first receiver for which something lies here, or the giver of that; when the receiver has
    /// left the line, the next is called.
    fn call(&self) {
        let lines = self.lines.borrow();
        if self.is_drained() {
            lines.call_all();
            self.taking.call();
        } else if lines.has_something() && !lines.call_first() {
            self.taking.call();
        }
    }

    /// Lets nothing be taken any more but what is on its way, and calls the futures; those who wait in
    /// lists the caller wakes.
    pub(super) fn shut(&self) {
        self.shut.set(true);
        self.giving.call();
        self.taking.call();
    }

    fn is_shut(&self) -> bool {
        self.shut.get()
    }

    /// Whether nothing is there to be had, now or ever.
    pub(super) fn is_drained(&self) -> bool {
        self.is_shut() && self.len() == 0
    }

    /// The items that nobody is left to have.
    pub(super) fn clear(&self) -> VecDeque<T> {
        self.lines.borrow_mut().clear()
    }
}
