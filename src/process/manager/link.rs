//! A client's connections with a manager.

use std::cell::{Cell, RefCell};
use std::io;

use super::message;
use crate::devices::Lineage;
use crate::kernel::Interrupted;
use crate::machine;
use crate::process::service::{Address, connect};
use crate::process::wire::Wire;
use crate::scope::shielded;

/// What an answer comes to.
type Answer = io::Result<Option<Vec<Vec<u8>>>>;

/// Connections, as many as requests are made at once: each takes an idle one, or a new one.
///
/// A request that fails on the way, or whose task is killed, takes its connection with it: so an answer
/// never goes to the wrong one.
pub(super) struct Link {
    address: Address,
    idle: RefCell<Vec<Wire>>,
    /// Whose the connections are: a process that was forked meanwhile makes its own.
    lineage: Cell<Lineage>,
}

impl Link {
    pub(super) fn new(address: Address) -> Self {
        Self {
            address,
            idle: RefCell::default(),
            lineage: Cell::new(Lineage::current()),
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Asks what is answered at once.
    pub(super) fn ask(&self, request: &[u8]) -> Answer {
        let wire = self.take()?;
        let answer = to_the_end(|| {
            wire.write_frame(&[request])?;
            wire.read_frame()
        });
        self.take_up(wire, answer?)
    }

    /// Asks what may be answered late: if the wait is broken off, the request is withdrawn, and what was
    /// granted meanwhile given back.
    pub(super) fn ask_patiently(&self, request: &[u8], withdrawal: &[u8]) -> Answer {
        let wire = self.take()?;
        to_the_end(|| wire.write_frame(&[request]))?;
        let answer = wire.read_frame();
        if !answer
            .as_ref()
            .is_err_and(|error| Interrupted::of(error).is_some())
        {
            return self.take_up(wire, answer?);
        }
        let withdrawn = to_the_end(|| {
            wire.write_frame(&[withdrawal])?;
            // The answer to the request, whichever it is; and that to the withdrawal.
            wire.read_frame()?;
            wire.read_frame()
        });
        self.take_up(wire, withdrawn?)?;
        Err(answer.expect_err("it was interrupted"))
    }

    fn take(&self) -> io::Result<Wire> {
        if !self.lineage.replace(Lineage::current()).is_current() {
            // The parent goes on using them.
            self.idle.take();
        }
        let idle = self.idle.borrow_mut().pop();
        idle.map_or_else(|| connect(&self.address), Ok)
    }

    /// Understands an answer, and keeps the connection.
    fn take_up(&self, wire: Wire, answer: Option<Vec<u8>>) -> Answer {
        let answer = answer.ok_or_else(|| {
            let text = "the manager ended before it had an answer";
            io::Error::new(io::ErrorKind::ConnectionAborted, text)
        })?;
        let fields = message::read(&answer).ok_or_else(message::broken)?;
        let answer = match fields.split_first() {
            Some((&b"ok", rest)) => Ok(Some(rest.iter().map(|field| field.to_vec()).collect())),
            Some((&b"none", _)) => Ok(None),
            Some((&b"error", [text])) => {
                Err(io::Error::other(String::from_utf8_lossy(text).into_owned()))
            }
            _ => return Err(message::broken()),
        };
        self.idle.borrow_mut().push(wire);
        answer
    }
}

/// Lets nothing break off what is over soon.
fn to_the_end<T>(f: impl FnOnce() -> T) -> T {
    match machine::inside_task() {
        true => shielded(f),
        false => f(),
    }
}
