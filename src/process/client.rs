//! A server's side of a connection, within the server's limits.
//!
//! ```text
//!   for each message:   idle ──▶ head ──▶ waits for memory ──▶ the rest comes ──▶ … ──▶ answer goes
//! ```
//!
//! Each step takes the server's timeout at most, but an answer waits for memory as long as it must; the
//! results of a fork server, which may be asked for late, are bound by neither.
//! Small messages need none of the quota: they do not wait behind large ones.

use std::cell::Cell;
use std::io;
use std::ops::Deref;
use std::rc::Rc;

use super::limits::Limits;
use super::wire::{LONGEST, Wire};
use crate::kernel::Interrupted;
use crate::scope::timeout;
use crate::sync::{Permit, Semaphore};

/// A message of so many bytes needs no memory from the quota.
const SMALL: usize = 64 << 10;

/// What all clients of a server share.
pub(super) struct Quota {
    limits: Limits,
    clients: Cell<usize>,
    /// As many permits as there may be bytes.
    memory: Semaphore,
}

/// A client, as the server has it.
pub(super) struct Client {
    wire: Wire,
    slot: ClientSlot,
}

/// One of the clients that there may be at once.
pub(super) struct ClientSlot(Rc<Quota>);

/// What comes from a client.
pub(super) enum Received {
    Message(Message),
    /// It has ended the stream.
    End,
    /// Nothing has come for as long as the server waits.
    Idle,
    /// A message that is beyond a limit; the text says which.
    Refused(String),
    /// What is no message, or only the beginning of one.
    Broken(io::Error),
}

/// A message, and the memory that it takes.
pub(super) struct Message {
    bytes: Vec<u8>,
    _memory: Option<Permit>,
}

impl Quota {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            clients: Cell::new(0),
            memory: Semaphore::new(limits.message_memory),
            limits,
        }
    }

    /// A place for one more client, or why there is none.
    pub(super) fn take_slot(self: &Rc<Self>) -> Result<ClientSlot, String> {
        let most = self.limits.max_clients;
        if self.clients.get() >= most {
            return Err(format!(
                "the server has {most} clients already, as many as it takes at once: end some, or raise \
                 its limit"
            ));
        }
        self.clients.set(self.clients.get() + 1);
        Ok(ClientSlot(Rc::clone(self)))
    }

    /// Reserves memory for a message that comes in, or says why there is none.
    fn reserve(&self, length: usize) -> Result<Option<Permit>, String> {
        let (most, limit) = (self.limits.message_memory, self.limits.timeout);
        self.check(length)?;
        match timeout(limit, || self.acquire(length)) {
            Ok(Ok(memory)) => Ok(memory),
            _ => Err(format!(
                "no memory for a message of {length} bytes for {limit:?}: other messages take the \
                 {most} bytes that the server has for all at once"
            )),
        }
    }

    /// Why there never is memory for such a message, if that is so.
    fn check(&self, length: usize) -> Result<(), String> {
        let most = self.limits.message_memory;
        if length > SMALL && length > most {
            return Err(format!(
                "a message of {length} bytes is too long: the server has {most} for all messages at once"
            ));
        }
        Ok(())
    }

    /// Waits for memory.
    fn acquire(&self, length: usize) -> Result<Option<Permit>, Interrupted> {
        match length > SMALL {
            true => self.memory.acquire_many(length).map(Some),
            false => Ok(None),
        }
    }
}

impl Client {
    pub(super) fn new(wire: Wire, slot: ClientSlot) -> Self {
        Self { wire, slot }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Waits for a message.
    pub(super) fn receive(&self) -> Received {
        let quota = &self.slot.0;
        let limit = quota.limits.timeout;
        let length = match timeout(limit, || self.wire.read_head()) {
            Ok(Ok(Some(length))) => length,
            Ok(Ok(None)) => return Received::End,
            Ok(Err(error)) => return Received::Broken(error),
            Err(_) if self.wire.has_nothing() => return Received::Idle,
            Err(_) => return Received::Refused(self.too_slow()),
        };
        let memory = match quota.reserve(length) {
            Ok(memory) => memory,
            Err(text) => return Received::Refused(text),
        };
        match timeout(limit, || self.wire.read_body(length)) {
            Ok(Ok(bytes)) => Received::Message(Message {
                bytes,
                _memory: memory,
            }),
            Ok(Err(error)) => Received::Broken(error),
            Err(_) => Received::Refused(self.too_slow()),
        }
    }

    /// Sends an answer of so many bytes, which is put together when there is memory for it.
    ///
    /// However long that takes: the answer may have the only copy of something. All others give their
    /// memory back after the server's timeout.
    ///
    /// # Errors
    ///
    /// The text says why it is too long: then another answer may be sent.
    pub(super) fn try_answer(
        &self,
        length: usize,
        answer: impl FnOnce() -> Vec<u8>,
    ) -> Result<io::Result<()>, String> {
        if length > LONGEST {
            return Err(format!(
                "the answer is too long: it has {length} bytes, and at most {LONGEST} go through"
            ));
        }
        let quota = &self.slot.0;
        quota.check(length)?;
        Ok(match quota.acquire(length) {
            Ok(_memory) => self.send(&[&answer()]),
            Err(why) => Err(why.into()),
        })
    }

    /// Sends an answer, whatever memory it takes.
    pub(super) fn send(&self, parts: &[&[u8]]) -> io::Result<()> {
        let limit = self.slot.0.limits.timeout;
        match timeout(limit, || self.wire.write_frame(parts)) {
            Ok(sent) => sent,
            Err(late) => Err(late.into()),
        }
    }

    /// What an idle client is told.
    pub(super) fn idle_text(&self) -> String {
        let limit = self.slot.0.limits.timeout;
        format!("the server hung up: this connection was idle for {limit:?}")
    }

    fn too_slow(&self) -> String {
        let limit = self.slot.0.limits.timeout;
        format!("the server hung up: a message was not complete within {limit:?}")
    }
}

impl Drop for ClientSlot {
    fn drop(&mut self) {
        self.0.clients.set(self.0.clients.get() - 1);
    }
}

impl Deref for Message {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests;
