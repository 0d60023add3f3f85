//! Accepting connections, of either family.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::iter::FusedIterator;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use super::error::cannot;
use super::family::StdListener;
use super::socket::Socket;
use crate::kernel::{Answer, Interest, Interrupted, Kernel, Source, SystemCall, Tid, call};
use crate::syscall::Io;

/// How long a listener waits after the system had no descriptor left: the queue stays as it is, so
/// who asks again at once would be told the same again at once.
const BREATH: Duration = Duration::from_millis(50);

/// What cannot be done, for messages.
const ACCEPT: &str = "accept a connection on";

/// Where connections come in.
pub(super) struct Entrance<L: StdListener> {
    source: Source<L::NonBlocking>,
    /// Whether the last try failed for want of something that may come back.
    strained: Cell<bool>,
    closed: Cell<bool>,
}

impl<L: StdListener> Entrance<L> {
    pub(super) fn new(listener: L) -> Self {
        let listener = L::NonBlocking::from(listener.into());
        Self {
            source: Source::new(L::KIND, listener),
            strained: Cell::new(false),
            closed: Cell::new(false),
        }
    }

    pub(super) fn into_inner(self) -> OwnedFd {
        self.source.into_inner().into()
    }

    /// Lets tasks that wait here fail, and turns away those that would connect.
    pub(super) fn close(&self) {
        self.closed.set(true);
        self.source.close();
        // Some systems cannot do that to a listener: there those who connect find out when it is dropped.
        _ = socket2::SockRef::from(self.source.get()).shutdown(std::net::Shutdown::Both);
    }

    pub(super) fn get(&self) -> &L::NonBlocking {
        self.source.get()
    }

    /// The call that waits for a connection.
    #[inline]
    pub(super) fn accepting(&self) -> Accepting<'_, L> {
        Accepting {
            entrance: self,
            io: Io::new(Interest::Read, &self.source, take_next::<L>),
            is_resting: false,
        }
    }

    pub(super) fn incoming(&self) -> Incoming<'_, L> {
        Incoming {
            entrance: self,
            ended: false,
        }
    }

    #[cold]
    fn explain(&self, error: io::Error) -> io::Error {
        if self.closed.get() {
            return error;
        }
        let addr = L::local_addr(self.get());
        let place = addr.map_or_else(|_| format!("a {}", L::KIND), |addr| L::name(&addr));
        let advice = match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::MFILE) => raise_limit(),
            Some(Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                "the system is out of files or memory; close what is idle".to_owned()
            }
            _ => return cannot(ACCEPT, place, error),
        };
        self.strained.set(true);
        let place = format_args!("{place}, which stays in the queue: {advice}");
        cannot(ACCEPT, place, error)
    }
}

impl<L: StdListener> fmt::Debug for Entrance<L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(out)
    }
}

/// All connections that come to a [`Listener`](super::Listener); see
/// [`incoming`](super::Listener::incoming).
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct Incoming<'l, L: StdListener = std::net::TcpListener> {
    entrance: &'l Entrance<L>,
    ended: bool,
}

/// All connections that come to a [`UnixListener`](super::UnixListener), as [`Incoming`].
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
pub type UnixIncoming<'l> = Incoming<'l, std::os::unix::net::UnixListener>;

impl<L: StdListener> Iterator for Incoming<'_, L> {
    type Item = io::Result<Socket<L::Stream>>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        let is_closed = || self.entrance.closed.get();
        if self.ended || is_closed() {
            return None;
        }
        match call(self.entrance.accepting()) {
            Err(_) if is_closed() => None,
            Err(error) => {
                self.ended = Interrupted::of(&error).is_some();
                Some(Err(error))
            }
            Ok((stream, _)) => Some(Ok(stream)),
        }
    }
}

impl<L: StdListener> FusedIterator for Incoming<'_, L> {}

fn raise_limit() -> String {
    let limit = getrlimit(Resource::Nofile).current;
    let limit = limit.map_or_else(
        || "its limit".into(),
        |limit| format!("its limit of {limit}"),
    );
    format!(
        "this process has no file descriptor left within {limit}; raise that (ulimit -n), or close \
         what is idle"
    )
}

/// A connection, and where it comes from.
pub(super) type Accepted<L> = (Socket<<L as StdListener>::Stream>, <L as StdListener>::Addr);

/// Takes the next connection of a listener.
type Take<L> = fn(&<L as StdListener>::NonBlocking) -> io::Result<Accepted<L>>;

/// Waits for a connection.
pub(super) struct Accepting<'e, L: StdListener> {
    entrance: &'e Entrance<L>,
    io: Io<'e, L::NonBlocking, Take<L>>,
    is_resting: bool,
}

impl<L: StdListener> SystemCall for Accepting<'_, L> {
    type Reply = io::Result<Accepted<L>>;

    #[inline]
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if self.entrance.strained.get() && !kernel.is_due(caller) {
            if !std::mem::replace(&mut self.is_resting, true) {
                kernel.wake_after(caller, BREATH);
            }
            return Answer::Wait;
        }
        self.entrance.strained.set(false);
        match self.io.serve(kernel, caller) {
            Answer::Done(Err(error)) => Answer::Done(Err(self.entrance.explain(error))),
            answer => answer,
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.io.abandon(kernel, caller, why)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Accept(")?;
        self.io.describe(out)?;
        out.write_str(")")
    }
}

fn take_next<L: StdListener>(listener: &L::NonBlocking) -> io::Result<Accepted<L>> {
    loop {
        match L::accept(listener) {
            Err(error) if is_about_one(&error) => {}
            result => return result.map(|(stream, from)| (Socket::of(stream), from)),
        }
    }
}

/// Whether the error is that of one connection, which is out of the queue by now: the next may be well.
fn is_about_one(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    let ones = [
        Errno::CONNABORTED,
        Errno::PROTO,
        Errno::HOSTDOWN,
        Errno::HOSTUNREACH,
        Errno::NETDOWN,
        Errno::NETUNREACH,
    ];
    errno.is_some_and(|errno| ones.contains(&errno))
}
