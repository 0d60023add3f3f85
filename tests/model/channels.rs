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
    /// Those who wait to send, or to hear that their item is in.
    senders: Vec<Waiter>,
    /// The items of those senders whose item is not in yet.
    offers: VecDeque<(Waiter, u64, Hand)>,
}

/// In whose hand an item is that waits at the door.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// Whoever makes room takes it in, and wakes its sender.
    Line,
    /// Its sender is woken, and comes with it: it may have gone elsewhere.
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
        if !self.channels[channel].senders.contains(&waiter) {
            let reply = self.send_now(channel, item);
            if reply.is_none() {
                let pipe = &mut self.channels[channel];
                pipe.senders.push(waiter);
                pipe.offers.push_back((waiter, item, hand));
            }
            return reply.map(Into::into);
        }
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
        pipe.senders.contains(&waiter) && !is_offered
    }

    /// Those behind move up; the first receiver looks, if the item was not in.
    fn leave_senders(&mut self, channel: usize, waiter: Waiter) {
        let was_sent = self.is_sent(channel, waiter);
        let pipe = &mut self.channels[channel];
        pipe.offers.retain(|offer| offer.0 != waiter);
        pipe.senders.retain(|sender| *sender != waiter);
        if !was_sent {
            self.move_along(channel);
            self.call_next(Door::Receivers(channel));
        }
    }

    pub fn give_up_sending(&mut self, channel: usize, waiter: Waiter) {
        if self.channels[channel].senders.contains(&waiter) {
            self.leave_senders(channel, waiter);
        }
    }

    /// Whether there is an item for a receiver, or word that none comes any more.
    pub fn has_news(&self, channel: usize) -> bool {
        let pipe = &self.channels[channel];
        pipe.is_closed || !pipe.items.is_empty()
    }

    /// A receive that takes no call.
    pub fn receive_now(&mut self, channel: usize) -> Option<String> {
        let pipe = &self.channels[channel];
        if pipe.is_closed && pipe.items.is_empty() {
            return Some("closed".into());
        }
        if !pipe.receivers.is_empty() {
            return None;
        }
        self.take(channel)
    }

    fn take(&mut self, channel: usize) -> Option<String> {
        let item = self.channels[channel].items.pop_front();
        self.move_along(channel);
        item.map(|item| format!("got {item}"))
    }

    /// Lets items in, as far as there is room, and wakes their senders; also the next, if it is to come with
    /// its item.
    fn move_along(&mut self, channel: usize) {
        while let pipe = &mut self.channels[channel]
            && pipe.items.len() < capacity(channel)
            && let Some(&((sender, _), item, hand)) = pipe.offers.front()
        {
            if hand == Hand::Line && !pipe.is_closed {
                pipe.items.push_back(item);
                pipe.offers.pop_front();
            }
            let is_in = hand == Hand::Line && !pipe.is_closed;
            if is_in || hand == Hand::Own {
                self.make_ready(sender);
            }
            if !is_in {
                return;
            }
        }
    }

    /// What comes of waiting to receive.
    pub fn receive(&mut self, waiter: Waiter, channel: usize) -> Option<String> {
        self.look_in_turn(Door::Receivers(channel), waiter, |model| {
            let pipe = &model.channels[channel];
            match pipe.is_closed && pipe.items.is_empty() {
                true => Some("closed".into()),
                false => model.take(channel),
            }
        })
    }

    pub fn close(&mut self, channel: usize) {
        if !std::mem::replace(&mut self.channels[channel].is_closed, true) {
            for (sender, branch) in self.channels[channel].senders.clone() {
                if !self.tasks[sender].is_interrupted {
                    self.tasks[sender].waits[branch].is_chosen = true;
                    self.make_ready(sender);
                }
            }
            self.call_all(Door::Receivers(channel));
        }
    }
}
