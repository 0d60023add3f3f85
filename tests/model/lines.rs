//! The reference model's mutexes, and the lines at their doors and at those of channels' receivers.
//!
//! First come, first served. When there may be something for those in a line, the first is called and steps
//! out; it has the next turn at the door, so nobody else gets anything before it has come and looked. Called
//! in vain, it is the first again. Whoever has come, with what it waited for or without, calls the next; and
//! so does whoever gives up.

use std::collections::VecDeque;

use crate::program::CHANNELS;
use crate::reference::Model;
use crate::tasks::Waiter;

/// Where a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    Mutex(usize),
    Receivers(usize),
}

#[derive(Default)]
pub struct Line {
    /// Those who wait to be called.
    queue: VecDeque<Waiter>,
    /// Those who were called, and have not come yet.
    called: Vec<Waiter>,
}

impl Line {
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.queue.len() + self.called.len()
    }

    fn has(&self, waiter: &Waiter) -> bool {
        self.queue.contains(waiter) || self.called.contains(waiter)
    }

    /// Whether one like this was called; it has come now.
    fn comes(&mut self, is_it: impl Fn(&Waiter) -> bool) -> bool {
        let before = self.called.len();
        self.called.retain(|waiter| !is_it(waiter));
        self.called.len() < before
    }

    /// A task waits no longer to be called.
    pub fn lose(&mut self, task: usize) {
        self.queue.retain(|waiter| waiter.0 != task);
    }
}

#[derive(Default)]
pub struct Mutex {
    pub line: Line,
    pub owner: Option<usize>,
    pub is_poisoned: bool,
}

impl Model<'_> {
    pub fn line(&mut self, door: Door) -> &mut Line {
        match door {
            Door::Mutex(mutex) => &mut self.mutexes[mutex].line,
            Door::Receivers(channel) => &mut self.channels[channel].receivers,
        }
    }

    pub fn doors(&self) -> impl Iterator<Item = Door> + use<> {
        let mutexes = (0..self.mutexes.len()).map(Door::Mutex);
        mutexes.chain((0..CHANNELS).map(Door::Receivers))
    }

    /// Calls the first in a line, if there is something for it and none was called that has not come yet.
    pub fn call_next(&mut self, door: Door) {
        let is_some_there = match door {
            Door::Mutex(mutex) => self.mutexes[mutex].owner.is_none(),
            Door::Receivers(channel) => self.has_news(channel),
        };
        if is_some_there && self.line(door).called.is_empty() {
            self.call(door);
        }
    }

    pub fn call_all(&mut self, door: Door) {
        while !self.line(door).queue.is_empty() {
            self.call(door);
        }
    }

    fn call(&mut self, door: Door) {
        let line = self.line(door);
        if let Some((task, branch)) = line.queue.pop_front() {
            line.called.push((task, branch));
            self.tasks[task].waits[branch].is_chosen = true;
            self.make_ready(task);
        }
    }

    /// Lets a waiter look, if it is its turn; else it waits in the line.
    pub fn look_in_turn(
        &mut self,
        door: Door,
        waiter: Waiter,
        look: impl FnOnce(&mut Self) -> Option<String>,
    ) -> Option<String> {
        let is_called = self.line(door).comes(|called| *called == waiter);
        self.tasks[waiter.0].waits[waiter.1].is_chosen &= !is_called;
        let reply = match is_called || self.line(door).is_empty() {
            true => look(self),
            false => None,
        };
        match (&reply, is_called) {
            (Some(_), true) => self.call_next(door),
            (Some(_), false) => {}
            (None, true) => self.line(door).queue.push_front(waiter),
            (None, false) if self.line(door).has(&waiter) => {}
            (None, false) => self.line(door).queue.push_back(waiter),
        }
        reply
    }

    /// A task gives up its waits in all lines.
    pub fn give_up_lines(&mut self, task: usize) {
        for door in self.doors() {
            let line = self.line(door);
            line.lose(task);
            if line.comes(|waiter| waiter.0 == task) {
                self.call_next(door);
            }
        }
        for channel in 0..CHANNELS {
            self.give_up_sending(channel, (task, 0));
        }
    }

    /// A lock that takes no call: it is free, or never will be.
    pub fn lock_now(&mut self, task: usize, mutex: usize) -> Option<&'static str> {
        let Mutex {
            line,
            owner,
            is_poisoned,
        } = &mut self.mutexes[mutex];
        if *is_poisoned {
            return Some("Poisoned");
        }
        if *owner == Some(task) {
            return Some("WouldDeadlock");
        }
        if !line.is_empty() || owner.is_some() {
            return None;
        }
        *owner = Some(task);
        Some("locked")
    }

    /// What comes of waiting for a lock.
    pub fn lock(&mut self, waiter: Waiter, mutex: usize) -> Option<String> {
        let door = Door::Mutex(mutex);
        if !self.line(door).has(&waiter)
            && let Some(reply) = self.lock_now(waiter.0, mutex)
        {
            return Some(reply.into());
        }
        self.look_in_turn(door, waiter, |model| {
            let Mutex {
                owner, is_poisoned, ..
            } = &mut model.mutexes[mutex];
            if *is_poisoned {
                return Some("Poisoned".into());
            }
            owner.is_none().then(|| {
                *owner = Some(waiter.0);
                "locked".into()
            })
        })
    }

    /// An owner lets go; if the lock is torn out of its hands, what it protects may be half changed.
    pub fn unlock(&mut self, mutex: usize, is_torn_away: bool) {
        self.mutexes[mutex].is_poisoned |= is_torn_away;
        self.mutexes[mutex].owner = None;
        self.call_next(Door::Mutex(mutex));
    }

    pub fn look_at_mutex(&mut self, mutex: usize) -> String {
        let Mutex {
            line,
            owner,
            is_poisoned,
        } = &mut self.mutexes[mutex];
        let was_poisoned = std::mem::take(is_poisoned);
        let (held, waiting) = (owner.is_some(), line.len());
        format!("poisoned {was_poisoned}, locked {held}, {waiting} waiting")
    }
}
