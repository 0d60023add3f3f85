//! A server's side of a connection, within the server's limits.
//!
//! ```text
//!   for each message:   idle ──▶ head ──▶ waits for memory ──▶ the rest comes ──▶ … ──▶ answer goes
//! ```
//!
//! Each step takes the server's patience at most, but that an answer waits for memory as long as it must.
//! Small messages need none of the common memory: they do not wait behind large ones.

use std::cell::Cell;
use std::io;
use std::ops::Deref;
use std::rc::Rc;

use super::limits::Limits;
use super::wire::{LONGEST, Wire};
use crate::kernel::Interrupted;
use crate::scope::timeout;
use crate::sync::{Permit, Semaphore};

/// A message of so many bytes needs no memory of the common kind.
const SMALL: usize = 64 << 10;

/// What all clients of a server share.
pub(super) struct Common {
    limits: Limits,
    clients: Cell<usize>,
    /// As many permits as there may be bytes.
    memory: Semaphore,
}

/// A client, as the server has it.
pub(super) struct Client {
    wire: Wire,
    seat: Seat,
}

/// One of the clients that there may be at once.
pub(super) struct Seat(Rc<Common>);

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

impl Common {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            clients: Cell::new(0),
            memory: Semaphore::new(limits.bytes),
            limits,
        }
    }

    /// A place for one more client, or why there is none.
    pub(super) fn seat(self: &Rc<Self>) -> Result<Seat, String> {
        let most = self.limits.clients;
        if self.clients.get() >= most {
            return Err(format!(
                "the server has {most} clients already, as many as it takes at once: end some, or raise \
                 its limit"
            ));
        }
        self.clients.set(self.clients.get() + 1);
        Ok(Seat(Rc::clone(self)))
    }

    /// Memory for a message that comes in, or why there is none.
    fn provide(&self, length: usize) -> Result<Option<Permit>, String> {
        let Limits {
            bytes, patience, ..
        } = self.limits;
        self.check(length)?;
        match timeout(patience, || self.acquire(length)) {
            Ok(Ok(memory)) => Ok(memory),
            _ => Err(format!(
                "no memory for a message of {length} bytes for {patience:?}: other messages take the \
                 {bytes} bytes that the server has for all at once"
            )),
        }
    }

    /// Why there never is memory for such a message, if that is so.
    fn check(&self, length: usize) -> Result<(), String> {
        let bytes = self.limits.bytes;
        if length > SMALL && length > bytes {
            return Err(format!(
                "a message of {length} bytes is too long: the server has {bytes} for all messages at once"
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
    pub(super) fn new(wire: Wire, seat: Seat) -> Self {
        Self { wire, seat }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Waits for a message.
    pub(super) fn receive(&self) -> Received {
        let common = &self.seat.0;
        let patience = common.limits.patience;
        let length = match timeout(patience, || self.wire.read_head()) {
            Ok(Ok(Some(length))) => length,
            Ok(Ok(None)) => return Received::End,
            Ok(Err(error)) => return Received::Broken(error),
            Err(_) if self.wire.has_nothing() => return Received::Idle,
            Err(_) => return Received::Refused(self.too_slow()),
        };
        let memory = match common.provide(length) {
            Ok(memory) => memory,
            Err(text) => return Received::Refused(text),
        };
        match timeout(patience, || self.wire.read_body(length)) {
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
    /// memory back after the server's patience.
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
        let common = &self.seat.0;
        common.check(length)?;
        Ok(match common.acquire(length) {
            Ok(_memory) => self.send(&[&answer()]),
            Err(why) => Err(why.into()),
        })
    }

    /// Sends an answer, whatever memory it takes.
    pub(super) fn send(&self, parts: &[&[u8]]) -> io::Result<()> {
        let patience = self.seat.0.limits.patience;
        match timeout(patience, || self.wire.write_frame(parts)) {
            Ok(sent) => sent,
            Err(late) => Err(late.into()),
        }
    }

    /// What an idle client is told.
    pub(super) fn farewell(&self) -> String {
        let patience = self.seat.0.limits.patience;
        format!("the server hung up: this connection was idle for {patience:?}")
    }

    fn too_slow(&self) -> String {
        let patience = self.seat.0.limits.patience;
        format!("the server hung up: a message was not complete within {patience:?}")
    }
}

impl Drop for Seat {
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
