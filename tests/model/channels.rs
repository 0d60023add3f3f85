//! The reference model's channels.
//!
//! Items come out in the order in which they were sent, and were sent in the order in which their
//! senders came. An item that waits at the door goes in as soon as there is room, and is sent then,
//! though its sender hears of it later.

use std::collections::VecDeque;

use crate::lines::{Door, Line};
use crate::program::capacity;
use crate::reference::Model;
use crate::tasks::Waiter;

#[derive(Default)]
pub struct Channel {
    items: VecDeque<u64>,
    is_closed: bool,
    pub receivers: Line,
    pub senders: Line,
    /// The items of those senders whose item is not in yet.
    offers: VecDeque<(Waiter, u64, Hand)>,
}

/// In whose hand an item is that waits at the door.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Whoever makes room takes it in.
    Line,
    /// Its sender is called, and comes with it: it may have gone elsewhere.
    Own,
}

impl Model<'_> {
    /// A send that takes no call.
    pub fn send_now(&mut self, channel: usize, item: u64) -> Option<&'static str> {
        let pipe = &mut self.channels[channel];
        if pipe.is_closed {
            return Some("closed");
        }
        if !pipe.offers.is_empty() || pipe.items.len() >= capacity(channel) {
            return None;
        }
        pipe.items.push_back(item);
        self.call_next(Door::Receivers(channel));
        Some("sent")
    }

    /// What comes of waiting to send.
    pub fn send(
        &mut self,
        waiter: Waiter,
        channel: usize,
        (item, hand): (u64, Hand),
    ) -> Option<String> {
        let door = Door::Senders(channel);
        if !self.line(door).queue.contains(&waiter) {
            let reply = self.send_now(channel, item);
            if reply.is_none() {
                self.line(door).queue.push_back(waiter);
                self.channels[channel]
                    .offers
                    .push_back((waiter, item, hand));
                self.call_next(Door::Receivers(channel));
            }
            return reply.map(Into::into);
        }
        self.comes(door, waiter);
        let is_sent = self.is_sent(channel, waiter);
        if is_sent || self.channels[channel].is_closed {
            self.leave_senders(channel, waiter);
            return Some(if is_sent { "sent" } else { "closed" }.into());
        }
        if hand == Hand::Own && self.is_next(channel, waiter) {
            self.channels[channel].items.push_back(item);
            self.leave_senders(channel, waiter);
            return Some("sent".into());
        }
        self.call_sender(channel);
        None
    }

    /// Whether there is room, and it is a waiter's.
    fn is_next(&self, channel: usize, waiter: Waiter) -> bool {
        let pipe = &self.channels[channel];
        let first = pipe.offers.front();
        first.is_some_and(|first| first.0 == waiter) && pipe.items.len() < capacity(channel)
    }

    pub fn is_sent(&self, channel: usize, waiter: Waiter) -> bool {
        let pipe = &self.channels[channel];
        let is_offered = pipe.offers.iter().any(|offer| offer.0 == waiter);
        pipe.senders.queue.contains(&waiter) && !is_offered
    }

    /// Those behind move up; the first receiver looks, if the item was not in.
    fn leave_senders(&mut self, channel: usize, waiter: Waiter) {
        let was_sent = self.is_sent(channel, waiter);
        let offers = &mut self.channels[channel].offers;
        offers.retain(|offer| offer.0 != waiter);
        self.step_out(Door::Senders(channel), waiter);
        self.move_along(channel);
        if !was_sent {
            self.call_next(Door::Receivers(channel));
        }
    }

    pub fn give_up_sending(&mut self, channel: usize, waiter: Waiter) {
        let door = Door::Senders(channel);
        if self.line(door).queue.contains(&waiter) {
            self.comes(door, waiter);
            self.leave_senders(channel, waiter);
        }
    }

    /// Calls a sender whose item is in, or who may come with it.
    fn call_sender(&mut self, channel: usize) {
        let pipe = &self.channels[channel];
        let is_in = pipe.senders.queue.len() > pipe.offers.len();
        let may_come = pipe
            .offers
            .front()
            .is_some_and(|first| first.2 == Hand::Own && pipe.items.len() < capacity(channel));
        if is_in || may_come {
            self.call_next(Door::Senders(channel));
        }
    }

    /// A receive that takes no call.
    pub fn receive_now(&mut self, channel: usize) -> Option<String> {
        let pipe = &self.channels[channel];
        if pipe.is_closed && pipe.items.is_empty() {
            return Some("closed".into());
        }
        if !pipe.receivers.queue.is_empty() {
            return None;
        }
        self.take(channel)
    }

    fn take(&mut self, channel: usize) -> Option<String> {
        let item = self.channels[channel].items.pop_front();
        self.move_along(channel);
        item.map(|item| format!("got {item}"))
    }

    /// Lets items in, as far as there is room.
    fn move_along(&mut self, channel: usize) {
        let pipe = &mut self.channels[channel];
        let is_in_line = |offer: &(Waiter, u64, Hand)| offer.2 == Hand::Line;
        while pipe.items.len() < capacity(channel)
            && !pipe.is_closed
            && pipe.offers.front().is_some_and(is_in_line)
        {
            pipe.items
                .extend(pipe.offers.pop_front().map(|offer| offer.1));
        }
        self.call_sender(channel);
    }

    /// What comes of waiting to receive.
    pub fn receive(&mut self, waiter: Waiter, channel: usize) -> Option<String> {
        let door = Door::Receivers(channel);
        if !self.line(door).queue.contains(&waiter) {
            // A branch of a select hears of the end, too, in its turn.
            let reply = match self.line(door).queue.is_empty() {
                true => self.receive_now(channel),
                false => None,
            };
            if reply.is_none() {
                self.line(door).queue.push_back(waiter);
            }
            return reply;
        }
        if !self.comes(door, waiter) {
            return None;
        }
        let pipe = &self.channels[channel];
        let is_over = pipe.is_closed && pipe.items.is_empty();
        let reply = match is_over {
            true => "closed".into(),
            false => self.take(channel)?,
        };
        self.step_out(door, waiter);
        self.call_next(door);
        Some(reply)
    }

    pub fn close(&mut self, channel: usize) {
        if !std::mem::replace(&mut self.channels[channel].is_closed, true) {
            self.call_all(Door::Senders(channel));
            self.call_all(Door::Receivers(channel));
        }
    }
}
