//! What the ends of a channel share: its items, and the tasks and futures that wait on either side.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::mem::take;
use std::rc::Rc;

use super::ends::Ends;
use super::error::TrySendError;
use super::last::Last;
use super::offers::{From, Offers};
use super::ranks::Ranks;
use super::reach::Channel;
use super::rendezvous::{Offerer, Rendezvous};
use crate::kernel::{Holding, Tid, WaitList};
use crate::queue::Queue;
use crate::shown::shown;
use crate::wakers::Wakers;

/// The most room that is set aside at once, in items.
const SMALL: usize = 64;

pub struct Pipe<T> {
    pub(super) capacity: usize,
    closed: Cell<bool>,
    /// Never borrowed while users' code runs: what is dropped or compared is taken out first.
    state: RefCell<PipeState<T>>,
    /// The items instead, if they are ranked.
    ranks: Option<Ranks<T>>,
    /// The items and who waits instead, if there is no room.
    pub(super) rendezvous: Option<Box<Rendezvous<T>>>,
    /// Where the tasks are parked that wait to send. Their order is that of the line.
    pub(super) senders: WaitList,
    /// The futures that wait to send.
    sending: Wakers,
    pub(super) receivers: Queue,
    pub(super) sent_last: Last,
    pub(super) received_last: Last,
    ends: Ends,
}

struct PipeState<T> {
    items: VecDeque<T>,
    offers: Offers<T>,
}

impl<T> Pipe<T> {
    pub(super) fn new(kind: &'static str, capacity: usize, ranks: Option<Ranks<T>>) -> Self {
        // One without bound takes no room before it is used.
        let small = capacity.checked_add(1).map_or(0, |_| SMALL.min(capacity));
        let pipe = Self {
            capacity,
            closed: Cell::new(false),
            state: RefCell::new(PipeState {
                items: VecDeque::with_capacity(small),
                offers: Offers::new(),
            }),
            ranks,
            rendezvous: (capacity == 0).then(|| Box::new(Rendezvous::new())),
            senders: WaitList::part_of(kind),
            sending: Wakers::default(),
            receivers: Queue::of(kind),
            sent_last: Last::default(),
            received_last: Last::default(),
            ends: Ends::default(),
        };
        pipe.senders.set_holding(Holding::Unknown);
        pipe.receivers.list.set_holding(Holding::Unknown);
        pipe
    }

    pub(super) fn waiting_senders(&self) -> usize {
        match &self.rendezvous {
            Some(rendezvous) => rendezvous.waiting_senders(),
            None => self.state.borrow().offers.len(),
        }
    }

    pub(super) fn waiting_receivers(&self) -> usize {
        match &self.rendezvous {
            Some(rendezvous) => rendezvous.waiting_receivers(),
            None => self.receivers.len(),
        }
    }

    /// The futures that wait to send.
    pub(super) fn sending_futures(&self) -> &Wakers {
        match &self.rendezvous {
            Some(rendezvous) => &rendezvous.giving,
            None => &self.sending,
        }
    }

    /// Puts an item in, if there is room and no sender waits.
    #[inline(always)]
    pub(super) fn put(&self, item: T) -> Result<(), TrySendError<T>> {
        if self.is_closed() {
            return Err(TrySendError::Closed(item));
        }
        if let Some(ranks) = &self.ranks {
            ranks.put(item, &self.receivers);
            return Ok(());
        }
        if let Some(rendezvous) = &self.rendezvous {
            return rendezvous.give(item, None).map_err(TrySendError::Full);
        }
        let state = &mut *self.state.borrow_mut();
        if !state.offers.is_empty() || state.items.len() >= self.capacity {
            return Err(TrySendError::Full(item));
        }
        state.items.push_back(item);
        self.note_length(state);
        self.receivers.call_next();
        Ok(())
    }

    /// Tells observers how long a queue without bound is.
    #[inline(always)]
    fn note_length(&self, state: &PipeState<T>) {
        if self.capacity == usize::MAX {
            self.receivers.list.note_length(state.items.len());
        }
    }

    /// Takes an item, even while others wait for one.
    #[inline(always)]
    pub(super) fn take(&self) -> Option<T> {
        if self.ranks.is_some() || self.rendezvous.is_some() {
            return self.take_elsewhere();
        }
        let state = &mut *self.state.borrow_mut();
        let item = state.items.pop_front();
        self.note_length(state);
        match state.offers.is_empty() || self.is_closed() {
            true => item,
            false => self.refill(state, item),
        }
    }

    #[inline(never)]
    fn take_elsewhere(&self) -> Option<T> {
        match (&self.ranks, &self.rendezvous) {
            (Some(ranks), _) => ranks.take(),
            (None, rendezvous) => rendezvous.as_ref()?.take(Tid::running()),
        }
    }

    /// Lets those in line move up, now that an item was taken: the first one's, if there was no other.
    #[inline(never)]
    fn refill(&self, state: &mut PipeState<T>, item: Option<T>) -> Option<T> {
        let item = item.or_else(|| self.admit(state));
        self.move_along(state);
        item
    }

    /// Takes an item for a future, if no task waits for it.
    pub(super) fn take_as_future(&self) -> Option<T> {
        match &self.rendezvous {
            Some(rendezvous) => rendezvous.take(None),
            None if self.receivers.is_empty() => self.take(),
            None => None,
        }
    }

    /// Adds an offer to the line; says where.
    pub(super) fn join(&self, item: Option<T>, from: From) -> u64 {
        self.state.borrow_mut().offers.join(item, from)
    }

    /// Adds a future's offer to the line; says where.
    pub(super) fn join_as_future(&self, item: T) -> u64 {
        match &self.rendezvous {
            Some(rendezvous) => rendezvous.offer(item, Offerer::Future),
            None => self.join(Some(item), From::Future),
        }
    }

    pub(super) fn is_granted(&self, place: u64) -> bool {
        match &self.rendezvous {
            Some(rendezvous) => rendezvous.is_taken(place),
            None => self.state.borrow().offers.is_granted(place),
        }
    }

    /// Takes an offer out of the line, and lets those behind it move up.
    pub(super) fn withdraw(&self, place: u64) -> Option<T> {
        if let Some(rendezvous) = &self.rendezvous {
            return rendezvous.withdraw(place);
        }
        let state = &mut *self.state.borrow_mut();
        let item = state.offers.withdraw(place);
        self.move_along(state);
        if !state.items.is_empty() {
            self.receivers.call_next();
        }
        item
    }

    /// Puts the item of an offer in that comes for itself, if it is its turn and there is room.
    pub(super) fn put_as_first(&self, place: u64, item: &mut Option<T>) -> bool {
        let state = &mut *self.state.borrow_mut();
        if !state.offers.is_first(place) || state.items.len() >= self.capacity {
            return false;
        }
        state.items.extend(item.take());
        state.offers.withdraw(place);
        self.move_along(state);
        self.receivers.call_next();
        true
    }

    /// Takes the item of the first in line, if it lies there, and wakes its sender.
    fn admit(&self, state: &mut PipeState<T>) -> Option<T> {
        let (item, from) = state.offers.grant()?;
        self.wake(&from);
        Some(item)
    }

    /// Takes in the items of those first in line, as far as there is room; wakes the next if it is to come
    /// for itself.
    fn move_along(&self, state: &mut PipeState<T>) {
        while !self.is_closed()
            && state.items.len() < self.capacity
            && let Some(item) = self.admit(state)
        {
            state.items.push_back(item);
        }
        if state.items.len() < self.capacity
            && let Some(comer) = state.offers.first_comer()
        {
            self.wake(comer);
        }
    }

    fn wake(&self, sender: &From) {
        match sender {
            From::Task(tid, home) => home.wake(*tid),
            From::Future => self.sending.call(),
        }
    }
}

impl<T> Channel for Pipe<T> {
    type Name = Rc<str>;
    type Room = Option<usize>;

    fn ends(&self) -> &Ends {
        &self.ends
    }

    fn set_name(&self, name: Rc<str>) {
        self.senders.set_name(Rc::clone(&name));
        self.receivers.list.set_name(name);
    }

    fn len(&self) -> usize {
        match (&self.ranks, &self.rendezvous) {
            (Some(ranks), _) => ranks.len(),
            (None, Some(rendezvous)) => rendezvous.len(),
            (None, None) => self.state.borrow().items.len(),
        }
    }

    fn capacity(&self) -> Option<usize> {
        Some(self.capacity).filter(|&capacity| capacity != usize::MAX)
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.closed.get()
    }

    fn is_over(&self) -> bool {
        let is_drained = || match &self.ranks {
            Some(ranks) => ranks.is_drained(),
            None => self.len() == 0,
        };
        self.is_closed() && is_drained()
    }

    fn close(&self) {
        if !self.closed.replace(true) {
            self.senders.wake_all();
            self.sending.call();
            self.receivers.call_all();
            self.rendezvous
                .iter()
                .for_each(|rendezvous| rendezvous.close());
        }
    }

    fn drop_items(&self) {
        let items = take(&mut self.state.borrow_mut().items);
        drop(items);
        drop(
            self.rendezvous
                .as_ref()
                .map(|rendezvous| rendezvous.clear()),
        );
        drop(self.ranks.as_ref().map(Ranks::take_all));
    }
}

shown!(impl<T> Debug for Pipe<T>: self =>
    "{}, {} items, {} waiting to send, {} to receive{}",
    self.senders, self.len(), self.waiting_senders(), self.waiting_receivers(),
    if self.is_closed() { ", closed" } else { "" });
