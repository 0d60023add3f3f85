//! What stands in a client for a queue that a manager keeps.

use std::io;

use super::objects::first;
use super::{Proxy, message};

/// Items of bytes, each for the client that takes it first.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Clone, Debug)]
pub struct Queue(pub(super) Proxy);

impl Queue {
    /// Puts an item in; the longest waiting taker gets it.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn put(&self, item: &[u8]) -> io::Result<()> {
        self.0.ask("put", &[item]).map(drop)
    }

    /// Waits for an item, and takes it out; takers are served in their order.
    ///
    /// Inside a task only the task waits. If the wait is broken off, no item is taken: one that was on its
    /// way goes back to the front. But if the task or its process is killed at that moment, it is lost.
    ///
    /// # Errors
    ///
    /// An [interruption](crate::Interrupted::of), and as [`Objects`](super::Objects) says.
    pub fn take(&self) -> io::Result<Vec<u8>> {
        let withdrawal = self.0.request("withdraw", &[]);
        let answer = self
            .0
            .link
            .ask_patiently(&self.0.request("take", &[]), &withdrawal);
        first(answer?)?.ok_or_else(message::broken)
    }

    /// Takes an item out, if there is one; does not wait for one to come.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](io::ErrorKind::WouldBlock), if there is none; and as [`Objects`](super::Objects) says.
    pub fn try_take(&self) -> io::Result<Vec<u8>> {
        let item = first(self.0.ask("try", &[])?)?;
        item.ok_or_else(|| io::Error::new(io::ErrorKind::WouldBlock, "the queue is empty"))
    }

    /// How many items there are.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn len(&self) -> io::Result<usize> {
        self.0.ask_count("len")
    }

    /// Whether there are none.
    ///
    /// # Errors
    ///
    /// As [`Objects`](super::Objects) says.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}
