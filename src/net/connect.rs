//! Connecting: the addresses race, the first that answers wins.
//!
//! ```text
//!   v6 a ├──────────────────────────────▶ …        dropped when another wins
//!   v4 b        ├──▶ refused
//!   v6 c            ├─────────▶ connected          begun at once after a failure,
//!        └ 250 ms ─┘                               else 250 ms after the one before
//! ```

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use super::addrs::no_address;
use super::error::cannot;
use crate::kernel::{Interest, Interrupted, Source, call};
use crate::scope::timeout;
use crate::select::{Order, select_among};
use crate::syscall::Io;

/// How long an attempt is alone before the next begins. (RFC 8305's recommendation.)
const HEAD_START: Duration = Duration::from_millis(250);

/// The attempts to connect to one of several addresses.
struct Race {
    waiting: VecDeque<SocketAddr>,
    running: Vec<Attempt>,
    failed: Option<io::Error>,
}

/// A socket that is about to be connected.
struct Attempt {
    to: SocketAddr,
    source: Source<TcpStream>,
}

/// Connects to the first address that answers.
///
/// The families take turns, and a new attempt begins when the one before has failed, or has been
/// waiting for a while. (RFC 8305, "Happy Eyeballs".)
#[track_caller]
pub(super) fn connect(addrs: &[SocketAddr]) -> io::Result<Source<TcpStream>> {
    let mut race = Race {
        waiting: interleaved(addrs),
        running: Vec::new(),
        failed: None,
    };
    loop {
        race.begin_next();
        if race.running.is_empty() {
            return Err(race.failed.unwrap_or_else(no_address));
        }
        if let Some(winner) = race.wait()? {
            return Ok(winner.source);
        }
    }
}

impl Race {
    /// Begins with the next address that can be begun with.
    fn begin_next(&mut self) {
        while let Some(to) = self.waiting.pop_front() {
            match Attempt::begin(to) {
                Ok(attempt) => return self.running.push(attempt),
                Err(error) => self.note_failure(to, error),
            }
        }
    }

    /// Waits until something has come of an attempt, or it is time for the next; says which won.
    #[track_caller]
    fn wait(&mut self) -> io::Result<Option<Attempt>> {
        let first = match self.waiting.is_empty() {
            true => self.wait_for_first(),
            false => match timeout(HEAD_START, || self.wait_for_first()) {
                Ok(first) => first,
                Err(_) => return Ok(None),
            },
        };
        let (which, result) = first?;
        let attempt = self.running.remove(which);
        match result {
            Ok(()) => Ok(Some(attempt)),
            Err(error) if Interrupted::of(&error).is_some() => Err(error),
            Err(error) => {
                self.note_failure(attempt.to, error);
                Ok(None)
            }
        }
    }

    #[track_caller]
    fn wait_for_first(&self) -> io::Result<(usize, io::Result<()>)> {
        if let [only] = &*self.running {
            return Ok((0, call(only.connecting())));
        }
        let calls = self.running.iter().map(Attempt::connecting).collect();
        Ok(select_among(calls, Order::Biased)?)
    }

    /// Keeps the error that tells most: that of a machine, rather than that there is no way to it.
    fn note_failure(&mut self, to: SocketAddr, error: io::Error) {
        let is_telling = |error: &io::Error| {
            use io::ErrorKind::{
                AddrNotAvailable, HostUnreachable, NetworkUnreachable, Unsupported,
            };
            let silent = [
                AddrNotAvailable,
                HostUnreachable,
                NetworkUnreachable,
                Unsupported,
            ];
            !silent.contains(&error.kind())
        };
        let known = self.failed.as_ref().is_some_and(is_telling);
        if is_telling(&error) || !known {
            self.failed = Some(cannot("connect to", to, error));
        }
    }
}

impl Attempt {
    fn begin(to: SocketAddr) -> io::Result<Self> {
        let stream = mio::net::TcpStream::connect(to)?;
        let source = Source::new("tcp stream", TcpStream::from(OwnedFd::from(stream)));
        // Nothing is worth a try before the system has something to say.
        source.exhausted(Interest::Read);
        source.exhausted(Interest::Write);
        Ok(Self { to, source })
    }

    fn connecting(&self) -> Io<'_, TcpStream, fn(&TcpStream) -> io::Result<()>> {
        Io::new(Interest::Write, &self.source, has_connected)
    }
}

/// Says what has come of an attempt; that it would block, while that is open.
fn has_connected(stream: &TcpStream) -> io::Result<()> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        known => known.map(drop),
    }
}

/// The same addresses, so that the two families take turns; that of the first begins.
fn interleaved(addrs: &[SocketAddr]) -> VecDeque<SocketAddr> {
    let begins_with_v6 = addrs.first().is_some_and(SocketAddr::is_ipv6);
    let (mut these, mut those): (VecDeque<_>, VecDeque<_>) = addrs
        .iter()
        .copied()
        .partition(|addr| addr.is_ipv6() == begins_with_v6);
    let mut all = VecDeque::with_capacity(these.len() + those.len());
    while !these.is_empty() || !those.is_empty() {
        all.extend(these.pop_front());
        all.extend(those.pop_front());
    }
    all
}
