//! The senders of a channel that wait: how they join the line, move up in it and leave it.

use super::super::line::From;
use super::super::meeting::Giver;
use super::{Pipe, State};

impl<T> Pipe<T> {
    /// Adds an offer to the line; says where.
    pub(in crate::channel) fn join(&self, item: Option<T>, from: From) -> u64 {
        let place = self.state.borrow_mut().offers.join(item, from);
        self.receivers.call_next();
        place
    }

    /// Adds a future's offer to the line; says where.
    pub(in crate::channel) fn join_as_future(&self, item: T) -> u64 {
        match &self.meeting {
            Some(meeting) => meeting.offer(item, Giver::Future),
            None => self.join(Some(item), From::Future),
        }
    }

    pub(in crate::channel) fn is_granted(&self, place: u64) -> bool {
        match &self.meeting {
            Some(meeting) => meeting.is_taken(place),
            None => self.state.borrow().offers.is_granted(place),
        }
    }

    /// Takes an offer out of the line, and lets those behind it move up.
    pub(in crate::channel) fn withdraw(&self, place: u64) -> Option<T> {
        if let Some(meeting) = &self.meeting {
            return meeting.withdraw(place);
        }
        let state = &mut *self.state.borrow_mut();
        let item = state.offers.withdraw(place);
        self.line.left(state.offers.len());
        self.move_along(state);
        self.receivers.call_next();
        item
    }

    /// Puts the item of an offer in that comes for itself, if it is its turn and there is room.
    pub(in crate::channel) fn put_as_first(&self, place: u64, item: &mut Option<T>) -> bool {
        let state = &mut *self.state.borrow_mut();
        if !state.offers.is_first(place) || state.items.len() >= self.capacity {
            return false;
        }
        state.items.extend(item.take());
        state.offers.withdraw(place);
        self.line.left(state.offers.len());
        self.move_along(state);
        self.receivers.call_next();
        true
    }

    /// Notes that a sender has been told that its item was taken, and calls the next.
    pub(in crate::channel) fn told(&self) {
        self.line.told();
        let state = self.state.borrow();
        self.line.left(state.offers.len());
        self.call_sender(&state);
    }

    /// Calls the first sender that has something to learn or to do.
    pub(in crate::channel) fn call_next_sender(&self) {
        self.call_sender(&self.state.borrow());
    }

    fn call_sender(&self, state: &State<T>) {
        let is_called_for = state.offers.first_comes_itself() && state.items.len() < self.capacity;
        self.line.call_next(is_called_for);
    }

    /// Takes in the items of those first in line, as far as there is room.
    pub(super) fn move_along(&self, state: &mut State<T>) {
        if !self.is_closed() {
            while state.items.len() < self.capacity
                && let Some(item) = self.line.admit(&mut state.offers)
            {
                state.items.push_back(item);
            }
        }
        self.call_sender(state);
    }
}
