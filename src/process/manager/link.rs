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
        loop {
            let (wire, age) = self.take()?;
            let answer = to_the_end(|| {
                wire.write_request(&[request])?;
                wire.read_frame()
            })?;
            if !(age == Age::Used && says_idle(answer.as_deref())) {
                return self.take_up(wire, answer);
            }
        }
    }

    /// Asks what may be answered late: if the wait is broken off, the request is withdrawn, and what was
    /// granted meanwhile given back.
    pub(super) fn ask_patiently(&self, request: &[u8], withdrawal: &[u8]) -> Answer {
        loop {
            let (wire, age) = self.take()?;
            to_the_end(|| wire.write_request(&[request]))?;
            let answer = match wire.read_frame() {
                Err(error) if Interrupted::of(&error).is_some() => {
                    // Whatever comes of that, why the wait ended is what the caller has to know.
                    _ = self.withdraw(wire, withdrawal);
                    return Err(error);
                }
                answer => answer?,
            };
            if !(age == Age::Used && says_idle(answer.as_deref())) {
                return self.take_up(wire, answer);
            }
        }
    }

    fn withdraw(&self, wire: Wire, withdrawal: &[u8]) -> io::Result<()> {
        let withdrawn = to_the_end(|| {
            wire.write_request(&[withdrawal])?;
            // The answer to the request, whichever it is; and that to the withdrawal.
            match wire.read_frame()? {
                // The request has not even been read.
                Some(answer) if hangs_up(&answer) => Ok(None),
                Some(_) => wire.read_frame().map(Some),
                None => Ok(Some(None)),
            }
        });
        match withdrawn? {
            Some(answer) => self.take_up(wire, answer).map(drop),
            None => Ok(()),
        }
    }

    fn take(&self) -> io::Result<(Wire, Age)> {
        if !self.lineage.replace(Lineage::current()).is_current() {
            // The parent goes on using them.
            self.idle.take();
        }
        let idle = self.idle.borrow_mut().pop();
        match idle {
            Some(wire) => Ok((wire, Age::Used)),
            None => Ok((connect(&self.address)?, Age::New)),
        }
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
            Some((&b"error", [text])) => Err(told(text)),
            // The server has hung up.
            Some((&(message::REFUSED | message::IDLE), [text])) => return Err(told(text)),
            _ => return Err(message::broken()),
        };
        self.idle.borrow_mut().push(wire);
        answer
    }
}

/// Whether the server has said with this answer why it hangs up.
fn hangs_up(answer: &[u8]) -> bool {
    let fields = message::read(answer).unwrap_or_default();
    [message::REFUSED, message::IDLE]
        .iter()
        .any(|last| fields.first() == Some(last))
}

fn told(text: &[u8]) -> io::Error {
    io::Error::other(String::from_utf8_lossy(text).into_owned())
}

/// Whether a connection was used before: then the server may have hung up, since it was idle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    New,
    Used,
}

/// Whether the server has hung up, and not read the request: it can be made again.
fn says_idle(answer: Option<&[u8]>) -> bool {
    answer.and_then(message::first) == Some(message::IDLE)
}

/// Lets nothing break off what is over soon.
fn to_the_end<T>(f: impl FnOnce() -> T) -> T {
    match machine::inside_task() {
        true => shielded(f),
        false => f(),
    }
}
