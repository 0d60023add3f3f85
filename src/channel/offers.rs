//! The offers of those that wait to send, in line.
//!
//! A sender that waits in `send` leaves its item in the line: what makes room takes the item along
//! and wakes the sender, so a receiver need not wait for one sender after the other. A branch of a select
//! keeps its item until it is its turn: it is woken and comes for itself, since only it can know whether
//! another branch has been quicker.
//!
//! ```text
//!   joined ──> first in line ──> granted: its item was taken, it is woken
//!         │                 └──> woken (a branch): puts its item
//!         └──> withdrawn, with its item: closed, interrupted or killed
//! ```

use std::collections::VecDeque;

use crate::kernel::{PostHandle, Tid};

/// What a sender in the line offers.
struct Offer<T> {
    /// Its place: places grow from the first to the last.
    place: u64,
    /// `None` if the sender comes for itself when it is woken.
    item: Option<T>,
    from: From,
}

/// Who sends, and how it is woken.
pub(super) enum From {
    Task(Tid, PostHandle),
    /// All that wait are woken.
    Future,
}

/// The offers, in the order in which they came. Others than its sender only ever take the first, and with its
/// item; so a sender that waits, and whose offer is gone, has sent.
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
    pub(super) fn grant(&mut self) -> Option<(T, From)> {
        self.offers.front()?.item.as_ref()?;
        let Offer { item, from, .. } = self.offers.pop_front()?;
        item.map(|item| (item, from))
    }

    /// The sender of the first, if it is to come for itself.
    pub(super) fn first_comer(&self) -> Option<&From> {
        let first = self.offers.front()?;
        first.item.is_none().then_some(&first.from)
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
