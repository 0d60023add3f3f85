//! The reference model's shortcuts: locks and channels, where they take no call.

use crate::program::{Act, SHORTCUTS};
use crate::reference::Model;

impl Model<'_> {
    /// What a task is told without a call; none if it has to make one.
    pub fn by_shortcut(&mut self, task: usize, (at, act): (usize, Act)) -> Option<String> {
        self.shortcuts += 1;
        if self.shortcuts > SHORTCUTS {
            return Some("spent".into());
        }
        match act {
            Act::Lock(mutex) => self.lock_now(task, mutex).map(Into::into),
            Act::TryLock(mutex) => {
                let reply = self.lock_now(task, mutex);
                Some(reply.unwrap_or("WouldBlock").into())
            }
            Act::Send(channel) => self.send_now(channel, item(task, at)).map(Into::into),
            Act::TrySend(channel) => {
                let reply = self.send_now(channel, item(task, at));
                Some(reply.unwrap_or("full").into())
            }
            Act::Recv(channel) => self.receive_now(channel),
            Act::TryRecv(channel) => {
                let reply = self.receive_now(channel);
                Some(reply.unwrap_or_else(|| "empty".into()))
            }
            _ => unreachable!("{act:?} is no shortcut"),
        }
    }
}

/// What a task sends in a step.
pub fn item(task: usize, at: usize) -> u64 {
    (task * 100 + at) as u64
}
