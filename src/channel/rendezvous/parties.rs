//! The senders and the receivers that wait, and which of them can be paired.
//!
//! First come, first served on either side; one that cannot be answered, since another branch of its call
//! was, is passed over, and so is one that would meet itself.

use std::collections::VecDeque;
use std::mem::take;

use super::party::{Offerer, Party};
use crate::kernel::Tid;

/// Where an item lies open.
struct Offer<T> {
    /// Its place: places grow from the first to the last.
    place: u64,
    item: T,
    offerer: Offerer,
}

/// Where a receiver waits.
struct Request {
    place: u64,
    requester: Party,
}

pub(super) struct Parties<T> {
    offers: VecDeque<Offer<T>>,
    requests: VecDeque<Request>,
    /// Items that were given. A receiver has the first of them, whichever it was chosen for: so the items
    /// keep their order, also when a receiver is killed that one of them was meant for.
    given: VecDeque<T>,
    /// The places of the receivers that were chosen and have not come yet. There are more items than
    /// those if one was killed when no other waited: those items are left for newcomers.
    chosen: Vec<u64>,
    places: u64,
}

impl<T> Default for Parties<T> {
    fn default() -> Self {
        Self {
            offers: VecDeque::new(),
            requests: VecDeque::new(),
            given: VecDeque::new(),
            chosen: Vec::new(),
            places: 0,
        }
    }
}

impl<T> Parties<T> {
    /// How many items were given and not had.
    pub(super) fn items(&self) -> usize {
        self.given.len()
    }

    pub(super) fn offers(&self) -> usize {
        self.offers.len()
    }

    /// How many receivers wait, those too that have an item on its way.
    pub(super) fn requests(&self) -> usize {
        self.requests.len() + self.chosen.len()
    }

    fn next_place(&mut self) -> u64 {
        self.places += 1;
        self.places
    }

    pub(super) fn offer(&mut self, item: T, offerer: Offerer) -> u64 {
        let place = self.next_place();
        self.offers.push_back(Offer {
            place,
            item,
            offerer,
        });
        place
    }

    fn find_offer(&self, place: u64) -> Option<usize> {
        let offers = &self.offers;
        offers.binary_search_by_key(&place, |it| it.place).ok()
    }

    pub(super) fn is_taken(&self, place: u64) -> bool {
        self.find_offer(place).is_none()
    }

    pub(super) fn withdraw(&mut self, place: u64) -> Option<T> {
        let at = self.find_offer(place)?;
        self.offers.remove(at).map(|offer| offer.item)
    }

    pub(super) fn request(&mut self, requester: Party) -> u64 {
        let place = self.next_place();
        self.requests.push_back(Request { place, requester });
        place
    }

    pub(super) fn withdraw_request(&mut self, place: u64) {
        let requests = &mut self.requests;
        let at = requests.binary_search_by_key(&place, |request| request.place);
        at.ok().and_then(|at| requests.remove(at));
    }

    /// Gives an item to the first receiver that waits and for which no other item is meant.
    pub(super) fn give(&mut self, item: T, offerer: Option<Tid>) -> Result<(), T> {
        match self.find_requester(offerer, u64::MAX) {
            Some(at) => {
                self.given.push_back(item);
                self.choose(at);
                Ok(())
            }
            None => Err(item),
        }
    }

    /// The same with an item that lies open; says whether it was given.
    pub(super) fn give_from(&mut self, place: u64) -> bool {
        let Some(at) = self.find_offer(place) else {
            return false;
        };
        let requester = self.find_requester(self.offers[at].offerer.caller(), place);
        if let Some(requester) = requester {
            let offer = self.offers.remove(at);
            self.given.extend(offer.map(|offer| offer.item));
            self.choose(requester);
        }
        requester.is_some()
    }

    /// The first receiver that can have an item of this offerer, and no item before `place` instead.
    fn find_requester(&self, offerer: Option<Tid>, place: u64) -> Option<usize> {
        let can_have = |requester: &Party| {
            let first = self.first_offer_for(requester);
            requester.is_open()
                && requester.is_other_than(offerer)
                && first.is_none_or(|first| first.place >= place)
        };
        let mut requests = self.requests.iter();
        requests.position(|request| can_have(&request.requester))
    }

    /// Chooses a receiver, which leaves the line.
    fn choose(&mut self, at: usize) {
        if let Some(Request { place, requester }) = self.requests.remove(at) {
            self.chosen.push(place);
            requester.choose();
        }
    }

    /// Forgets that the receiver at this place was chosen; says whether it was.
    fn was_chosen(&mut self, place: u64) -> bool {
        let at = self.chosen.iter().position(|&chosen| chosen == place);
        at.inspect(|&at| _ = self.chosen.remove(at)).is_some()
    }

    /// An item for the receiver at this place, if it was chosen.
    pub(super) fn collect(&mut self, place: u64) -> Option<T> {
        self.was_chosen(place).then(|| self.given.pop_front())?
    }

    /// Takes the receiver at this place for gone: if it was chosen, the next is. Says whether it was.
    pub(super) fn give_to_next(&mut self, place: u64) -> bool {
        let was_chosen = self.was_chosen(place);
        if was_chosen {
            let mut requests = self.requests.iter();
            let next = requests.position(|request| request.requester.is_open());
            next.inspect(|&at| self.choose(at));
        }
        was_chosen
    }

    fn has_left(&self) -> bool {
        self.given.len() > self.chosen.len()
    }

    /// Takes an item that was left, unless it is meant for a receiver before `place`.
    pub(super) fn take_left(&mut self, place: u64) -> Option<T> {
        let is_meant = self.before(place).any(Party::is_free);
        match self.has_left() && !is_meant {
            true => self.given.pop_front(),
            false => None,
        }
    }

    /// Takes the first item that lies open and is not meant for a receiver before `place`. While receivers
    /// that were chosen have not come, it changes places with the first that was given: should one of them
    /// be killed, no item comes after a later one.
    pub(super) fn take_open(&mut self, caller: Option<Tid>, place: u64) -> Option<(T, Offerer)> {
        let is_for_it = |offer: &Offer<T>| {
            let offerer = &offer.offerer;
            let is_meant = |ahead: &Party| ahead.is_free() && ahead.is_other_than(offerer.caller());
            let may_meet = offerer.may_meet(caller) && offerer.is_open();
            may_meet && !self.before(place).any(is_meant)
        };
        let at = self.offers.iter().position(is_for_it)?;
        let Offer { item, offerer, .. } = self.offers.remove(at)?;
        self.given.push_back(item);
        let first = self.given.pop_front();
        first.map(|item| (item, offerer))
    }

    /// The receivers before a place.
    fn before(&self, place: u64) -> impl Iterator<Item = &Party> {
        let is_before = move |request: &&Request| request.place < place;
        let requests = self.requests.iter().take_while(is_before);
        requests.map(|request| &request.requester)
    }

    fn first_offer_for(&self, requester: &Party) -> Option<&Offer<T>> {
        let is_for = |offer: &&Offer<T>| {
            let offerer = &offer.offerer;
            offerer.may_meet(None) && requester.is_other_than(offerer.caller())
        };
        self.offers.iter().find(is_for)
    }

    /// Wakes the first receiver for which there is an item; says whether there is one.
    pub(super) fn wake_first(&self) -> bool {
        let has_item =
            |requester: &&Party| self.has_left() || self.first_offer_for(requester).is_some();
        let free = self.requests.iter().map(|request| &request.requester);
        let first = free.filter(|requester| requester.is_free()).find(has_item);
        first.inspect(|requester| requester.wake()).is_some()
    }

    pub(super) fn has_something(&self) -> bool {
        self.has_left() || !self.offers.is_empty()
    }

    pub(super) fn wake_all(&self) {
        self.requests
            .iter()
            .for_each(|request| request.requester.wake());
    }

    pub(super) fn clear(&mut self) -> VecDeque<T> {
        take(&mut self.given)
    }
}
