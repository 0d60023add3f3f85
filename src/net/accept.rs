//! Accepting connections, whichever family they are of.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};

use super::error::cannot;
use crate::kernel::{Answer, Interrupted, Kernel, Source, SystemCall, Tid, Way, call};
use crate::syscall::Io;

/// How long a listener waits after the system had no descriptor left: the queue stays as it is, so
/// whoever asks again at once would be told the same again at once.
const BREATH: Duration = Duration::from_millis(50);

/// A listener of the system's.
pub(super) trait Listener: AsFd {
    /// A connection, and where it comes from.
    type Accepted;

    /// Takes the next connection, unless it would have to wait for it.
    fn take(&self) -> io::Result<Self::Accepted>;

    /// Where it listens, for messages.
    fn place(&self) -> String;
}

/// Where connections come in.
pub(super) struct Entrance<T> {
    source: Source<T>,
    /// Whether the last try failed for want of something that may come back.
    strained: Cell<bool>,
    closed: Cell<bool>,
}

impl<T: Listener> Entrance<T> {
    pub(super) fn new(kind: &'static str, io: T) -> Self {
        Self {
            source: Source::new(kind, io),
            strained: Cell::new(false),
            closed: Cell::new(false),
        }
    }

    pub(super) fn into_inner(self) -> T {
        self.source.into_inner()
    }

    /// Lets all who wait here fail, and turns away whoever would connect.
    pub(super) fn close(&self) {
        self.closed.set(true);
        self.source.close();
        // Some systems cannot do that to a listener: there those who connect find out when it is dropped.
        _ = socket2::SockRef::from(self.source.get()).shutdown(std::net::Shutdown::Both);
    }

    pub(super) fn get(&self) -> &T {
        self.source.get()
    }

    /// Waits for a connection.
    #[inline]
    #[track_caller]
    pub(super) fn accept(&self) -> io::Result<T::Accepted> {
        call(self.accepting())
    }

    /// The call that [`accept`](Self::accept) makes.
    #[inline]
    pub(super) fn accepting(&self) -> Accepting<'_, T> {
        Accepting {
            entrance: self,
            io: Io::new(Way::Read, &self.source, take_next),
            is_resting: false,
        }
    }

    /// As [`accept`](Self::accept), for a loop over all that come: none after it was closed, or after
    /// `ended`, which an interruption sets.
    #[track_caller]
    pub(super) fn next<R>(
        &self,
        ended: &mut bool,
        accept: impl FnOnce() -> io::Result<R>,
    ) -> Option<io::Result<R>> {
        if *ended || self.closed.get() {
            return None;
        }
        match accept() {
            Err(_) if self.closed.get() => None,
            Err(error) => {
                *ended = Interrupted::of(&error).is_some();
                Some(Err(error))
            }
            accepted => Some(accepted),
        }
    }

    #[cold]
    fn explain(&self, error: io::Error) -> io::Error {
        if self.closed.get() {
            return error;
        }
        let place = self.get().place();
        let advice = match error.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::MFILE) => raise_limit(),
            Some(Errno::NFILE | Errno::NOBUFS | Errno::NOMEM) => {
                "the system is out of files or memory; close what is idle".to_owned()
            }
            _ => return cannot(format_args!("accept a connection on {place}"), error),
        };
        self.strained.set(true);
        let what =
            format_args!("accept a connection on {place}, which stays in the queue: {advice}");
        cannot(what, error)
    }
}

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

/// Takes the next connection of a listener.
type Take<T> = fn(&T) -> io::Result<<T as Listener>::Accepted>;

/// Waits for a connection.
pub(super) struct Accepting<'e, T: Listener> {
    entrance: &'e Entrance<T>,
    io: Io<'e, T, Take<T>>,
    is_resting: bool,
}

impl<T: Listener> SystemCall for Accepting<'_, T> {
    type Reply = io::Result<T::Accepted>;

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

fn take_next<T: Listener>(listener: &T) -> io::Result<T::Accepted> {
    loop {
        match listener.take() {
            Err(error) if is_about_one(&error) => {}
            result => return result,
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

impl<T: Listener + fmt::Debug> fmt::Debug for Entrance<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(out)
    }
}
