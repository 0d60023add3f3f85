//! The line of those who wait to send.
//!
//! A sender that waits in `send` leaves its item in the line: whoever makes room takes the item along
//! and tells the sender afterwards, so a receiver need not wait for one sender after the other. A
//! branch of a select keeps its item until it is its turn: it is called and comes for itself, since
//! only it can know whether another branch has been quicker.
//!
//! ```text
//!   joined ──> first in line ──> granted: its item was taken ──> told, gone
//!         │                 └──> called (a branch): puts its item ──> gone
//!         └──> withdrawn: closed, interrupted or killed ──> gone, with its item
//! ```

use std::cell::Cell;
use std::collections::VecDeque;

use crate::kernel::{Kernel, Tid, WaitList};
use crate::wakers::Guests;

/// What a sender in the line offers.
pub(super) struct Offer<T> {
    /// Its place: places grow from the first to the last.
    place: u64,
    /// `None` if the sender comes for itself when it is called.
    item: Option<T>,
    from: From,
}

/// Who sends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// A task, which waits in the line's list.
    Task,
    /// A future, which is a guest.
    Future,
}

/// The offers, in the order in which they came.
pub(super) struct Offers<T> {
    offers: VecDeque<Offer<T>>,
    places: u64,
}

impl<T> Offers<T> {
    pub(super) const fn new() -> Self {
        Self {
            offers: VecDeque::new(),
            places: 0,
        }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.offers.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.offers.len()
    }

    /// Adds an offer; says where.
    pub(super) fn join(&mut self, item: Option<T>, from: From) -> u64 {
        self.places += 1;
        let place = self.places;
        self.offers.push_back(Offer { place, item, from });
        place
    }

    /// Takes the item of the first, if it lies there; says whose it was.
    fn take_item(&mut self) -> Option<(T, From)> {
        self.offers.front()?.item.as_ref()?;
        let Offer { item, from, .. } = self.offers.pop_front()?;
        item.map(|item| (item, from))
    }

    /// Whether the first has to be called.
    pub(super) fn first_comes_itself(&self) -> bool {
        self.offers
            .front()
            .is_some_and(|first| first.item.is_none())
    }

    /// Whether this place is the first.
    pub(super) fn is_first(&self, place: u64) -> bool {
        self.offers
            .front()
            .is_some_and(|first| first.place == place)
    }

    /// Whether the item of this place was taken: only the first's ever is.
    pub(super) fn is_granted(&self, place: u64) -> bool {
        self.offers.front().is_none_or(|first| first.place > place)
    }

    /// Takes an offer out of the line, and its item with it.
    pub(super) fn withdraw(&mut self, place: u64) -> Option<T> {
        let at = self
            .offers
            .binary_search_by_key(&place, |offer| offer.place);
        self.offers.remove(at.ok()?)?.item
    }
}

/// Where the senders are parked, in the order of their offers, and who of them is being called.
pub(super) struct Line {
    pub(super) list: WaitList,
    /// How many were granted and have not been told yet.
    granted: Cell<usize>,
    /// Whether somebody is being called: one at a time, so that nobody called in vain loses its place.
    calling: Cell<bool>,
    /// The futures that wait to send.
    pub(super) guests: Guests,
}

impl Line {
    pub(super) fn of(kind: &'static str) -> Self {
        Self {
            list: WaitList::part_of(kind),
            granted: Cell::new(0),
            calling: Cell::new(false),
            guests: Guests::default(),
        }
    }

    /// Takes the item of the first, if it lies there, and sees to it that its sender is told.
    pub(super) fn admit<T>(&self, offers: &mut Offers<T>) -> Option<T> {
        let (item, from) = offers.take_item()?;
        match from {
            From::Task => self.granted.set(self.granted.get() + 1),
            From::Future => self.guests.call(),
        }
        Some(item)
    }

    /// Wakes all, since nothing more is let in.
    pub(super) fn call_all(&self) {
        self.list.wake_all();
        self.guests.call();
    }

    /// Calls the first, if one was granted and has not been told, or if `called_for`.
    pub(super) fn call_next(&self, called_for: bool) {
        if (called_for || self.granted.get() > 0) && !self.calling.get() {
            self.calling.set(self.list.wake_first().is_some());
        }
    }

    /// Notes that the caller has come, if it was called.
    pub(super) fn come(&self, kernel: &Kernel, caller: Tid) {
        if kernel.woken(caller) {
            self.calling.set(false);
        }
    }

    /// Notes that one that was granted has been told, or is gone.
    pub(super) fn told(&self) {
        self.granted.set(self.granted.get() - 1);
    }

    /// Notes that somebody has left a line of so many.
    pub(super) fn left(&self, offers: usize) {
        if offers + self.granted.get() == 0 {
            self.calling.set(false);
        }
    }

    /// Lets the caller wait on, in its place.
    pub(super) fn wait_on(&self, kernel: &mut Kernel, caller: Tid) {
        if kernel.woken(caller) && self.granted.get() == 0 {
            kernel.park_first(caller, &self.list);
        } else {
            // Called in place of somebody who was granted, and who must not stand behind it.
            kernel.park(caller, &self.list);
        }
    }
}
