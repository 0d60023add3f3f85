//! The reference model's mutexes, and the lines at their doors and at those of channels.
//!
//! First come, first served. Whoever is first is called when there may be something for it,
//! one at a time; it comes in its turn, and sees. Nobody who comes later gets anything before it.
//! Whoever leaves a line, with what it waited for or without, calls the next.

use std::collections::VecDeque;

use crate::program::CHANNELS;
use crate::reference::Model;
use crate::tasks::Waiter;

/// Where a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    Mutex(usize),
    Senders(usize),
    Receivers(usize),
}

#[derive(Default)]
pub struct Line {
    pub queue: VecDeque<Waiter>,
    /// Somebody was called, and has not come yet.
    is_calling: bool,
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
            Door::Senders(channel) => &mut self.channels[channel].senders,
            Door::Receivers(channel) => &mut self.channels[channel].receivers,
        }
    }

    /// Those in a line who were not called.
    fn uncalled(&mut self, door: Door) -> Vec<Waiter> {
        let queue = self.line(door).queue.clone();
        let is_uncalled = |&(task, branch): &Waiter| {
            let task = &self.tasks[task];
            !task.waits[branch].is_chosen && !task.is_interrupted
        };
        queue.into_iter().filter(is_uncalled).collect()
    }

    /// Calls the first in a line, unless somebody is being called.
    pub fn call_next(&mut self, door: Door) {
        if let Door::Mutex(mutex) = door
            && self.mutexes[mutex].owner.is_some()
        {
            return; // There is nothing for it: its owner will call.
        }
        let line = self.line(door);
        if line.queue.is_empty() || line.is_calling {
            return;
        }
        self.call(door, 1);
    }

    pub fn call_all(&mut self, door: Door) {
        self.call(door, usize::MAX);
    }

    /// Calls so many at the most.
    fn call(&mut self, door: Door, most: usize) {
        for (task, branch) in self.uncalled(door).into_iter().take(most) {
            self.line(door).is_calling |= most == 1;
            self.tasks[task].waits[branch].is_chosen = true;
            self.make_ready(task);
        }
    }

    /// Whether a waiter was called; it has come now.
    pub fn comes(&mut self, door: Door, (task, branch): Waiter) -> bool {
        let was_called = std::mem::take(&mut self.tasks[task].waits[branch].is_chosen);
        self.line(door).is_calling &= !was_called;
        was_called
    }

    /// Takes a waiter out of a line.
    pub fn step_out(&mut self, door: Door, waiter: Waiter) {
        let line = self.line(door);
        line.queue.retain(|other| *other != waiter);
        line.is_calling &= !line.queue.is_empty();
    }

    /// A task gives up its waits in all lines.
    pub fn give_up_lines(&mut self, task: usize) {
        let mutexes = (0..self.mutexes.len()).map(Door::Mutex);
        let receivers = (0..CHANNELS).map(Door::Receivers);
        for door in mutexes.chain(receivers).collect::<Vec<_>>() {
            let mut queue = self.line(door).queue.clone().into_iter();
            if let Some(waiter) = queue.find(|waiter| waiter.0 == task) {
                self.comes(door, waiter);
                self.step_out(door, waiter);
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
        if !line.queue.is_empty() || owner.is_some() {
            return None;
        }
        *owner = Some(task);
        Some("locked")
    }

    /// What comes of waiting for a lock.
    pub fn lock(&mut self, waiter: Waiter, mutex: usize) -> Option<String> {
        let door = Door::Mutex(mutex);
        if !self.line(door).queue.contains(&waiter) {
            let reply = self.lock_now(waiter.0, mutex);
            if reply.is_none() {
                self.line(door).queue.push_back(waiter);
            }
            return reply.map(Into::into);
        }
        if !self.comes(door, waiter) {
            return None;
        }
        let Mutex {
            owner, is_poisoned, ..
        } = &mut self.mutexes[mutex];
        let reply = match (*is_poisoned, *owner) {
            (true, _) => "Poisoned",
            (false, Some(_)) => return None,
            (false, None) => {
                *owner = Some(waiter.0);
                "locked"
            }
        };
        self.step_out(door, waiter);
        self.call_next(door);
        Some(reply.into())
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
        let (held, waiting) = (owner.is_some(), line.queue.len());
        format!("poisoned {was_poisoned}, locked {held}, {waiting} waiting")
    }
}
