//! The two lines of those who wait to meet, and the rules of who meets whom.
//!
//! First come, first served on either side; one that cannot be answered, since another branch of its call
//! was, is passed over, and so is one that would meet itself.

use std::collections::VecDeque;
use std::mem::take;

use super::party::{Giver, Party, Taker};
use crate::kernel::Tid;

/// Where an item lies open.
struct Offer<T> {
    /// Its place: places grow from the first to the last.
    place: u64,
    item: T,
    giver: Giver,
}

/// Where a receiver waits.
struct Request {
    place: u64,
    taker: Party,
}

pub(super) struct Lines<T> {
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

impl<T> Default for Lines<T> {
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

impl<T> Lines<T> {
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

    pub(super) fn offer(&mut self, item: T, giver: Giver) -> u64 {
        let place = self.next_place();
        self.offers.push_back(Offer { place, item, giver });
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

    pub(super) fn request(&mut self, taker: Party) -> u64 {
        let place = self.next_place();
        self.requests.push_back(Request { place, taker });
        place
    }

    pub(super) fn retract(&mut self, place: u64) {
        let requests = &mut self.requests;
        let at = requests.binary_search_by_key(&place, |request| request.place);
        at.ok().and_then(|at| requests.remove(at));
    }

    /// Gives an item to the first receiver that waits and for which no other item is meant.
    pub(super) fn give(&mut self, item: T, giver: Option<Tid>) -> Result<(), T> {
        match self.find_taker(giver, u64::MAX) {
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
        let taker = self.find_taker(self.offers[at].giver.caller(), place);
        if let Some(taker) = taker {
            let offer = self.offers.remove(at);
            self.given.extend(offer.map(|offer| offer.item));
            self.choose(taker);
        }
        taker.is_some()
    }

    /// The first receiver that can have an item of this giver, and no item before `place` instead.
    fn find_taker(&self, giver: Option<Tid>, place: u64) -> Option<usize> {
        let can_have = |taker: &Party| {
            let first = self.first_offer_for(taker);
            taker.is_open()
                && taker.is_other_than(giver)
                && first.is_none_or(|first| first.place >= place)
        };
        let mut requests = self.requests.iter();
        requests.position(|request| can_have(&request.taker))
    }

    /// Chooses a receiver, which leaves the line.
    fn choose(&mut self, at: usize) {
        if let Some(Request { place, taker }) = self.requests.remove(at) {
            self.chosen.push(place);
            taker.choose();
        }
    }

    /// Forgets that the receiver at this place was chosen; says whether it was.
    fn was_chosen(&mut self, place: u64) -> bool {
        let at = self.chosen.iter().position(|&chosen| chosen == place);
        at.inspect(|&at| _ = self.chosen.remove(at)).is_some()
    }

    /// An item for the receiver at this place, if it was chosen.
    pub(super) fn come(&mut self, place: u64) -> Option<T> {
        self.was_chosen(place).then(|| self.given.pop_front())?
    }

    /// Takes the receiver at this place for gone: if it was chosen, the next is. Says whether it was.
    pub(super) fn pass_on(&mut self, place: u64) -> bool {
        let was_chosen = self.was_chosen(place);
        if was_chosen {
            let mut requests = self.requests.iter();
            let next = requests.position(|request| request.taker.is_open());
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

    /// Takes the first item that lies open and is not meant for a receiver before `place`; none, if its
    /// giver has to come for itself.
    pub(super) fn take_open(&mut self, taker: Taker, place: u64) -> Option<(T, Giver)> {
        let caller = taker.caller();
        let is_for_it = |offer: &Offer<T>| {
            let giver = &offer.giver;
            let is_meant = |ahead: &Party| ahead.is_free() && ahead.is_other_than(giver.caller());
            giver.may_meet(caller) && !self.before(place).any(is_meant)
        };
        let at = self.offers.iter().position(is_for_it)?;
        if !self.offers[at].giver.gives_to(taker) {
            return None;
        }
        let Offer { item, giver, .. } = self.offers.remove(at)?;
        Some((item, giver))
    }

    /// The receivers before a place.
    fn before(&self, place: u64) -> impl Iterator<Item = &Party> {
        let is_before = move |request: &&Request| request.place < place;
        let requests = self.requests.iter().take_while(is_before);
        requests.map(|request| &request.taker)
    }

    fn first_offer_for(&self, taker: &Party) -> Option<&Offer<T>> {
        let is_for = |offer: &&Offer<T>| {
            let giver = &offer.giver;
            giver.may_meet(None) && taker.is_other_than(giver.caller())
        };
        self.offers.iter().find(is_for)
    }

    /// Calls the first receiver for which there is an item, or the giver of that, if it has to come for
    /// itself. Says whether there is such a receiver.
    pub(super) fn call_first(&self) -> bool {
        let free = self.requests.iter().map(|request| &request.taker);
        for taker in free.filter(|taker| taker.is_free()) {
            let offer = match self.has_left() {
                true => Some(&Giver::Future),
                false => self.first_offer_for(taker).map(|offer| &offer.giver),
            };
            match offer {
                Some(Giver::Branch(giver)) => giver.call(),
                Some(_) => taker.call(),
                None => continue,
            }
            return true;
        }
        false
    }

    pub(super) fn has_something(&self) -> bool {
        self.has_left() || !self.offers.is_empty()
    }

    pub(super) fn call_all(&self) {
        self.requests
            .iter()
            .for_each(|request| request.taker.call());
    }

    pub(super) fn clear(&mut self) -> VecDeque<T> {
        take(&mut self.given)
    }
}
