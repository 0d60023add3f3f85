//! What all sockets share: a source, and limits to how long its reads and writes may wait.

use std::cell::Cell;
use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use crate::kernel::{Source, Way, call};
use crate::scope::timeout;
use crate::syscall::{Io, Sleep};

/// Between two tries of what the system sends no word of: where there is hardly ever any wait, and
/// where somebody is slow.
const SHORTEST_PAUSE: Duration = Duration::from_micros(250);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// A socket in non-blocking mode, of whichever family.
pub(super) struct Socket<T> {
    source: Source<T>,
    read_limit: Limit,
    write_limit: Limit,
}

/// How long an operation may wait; for ever, if nothing is said.
#[derive(Default)]
pub(super) struct Limit(Cell<Option<Duration>>);

impl<T: AsFd> Socket<T> {
    #[inline]
    pub(super) fn new(kind: &'static str, io: T) -> Self {
        Self::of(Source::new(kind, io))
    }

    #[inline]
    pub(super) fn of(source: Source<T>) -> Self {
        Self {
            source,
            read_limit: Limit::default(),
            write_limit: Limit::default(),
        }
    }

    pub(super) fn into_inner(self) -> T {
        self.source.into_inner()
    }
}

impl<T> Socket<T> {
    #[inline]
    pub(super) fn get(&self) -> &T {
        self.source.get()
    }

    #[inline]
    pub(super) fn source(&self) -> &Source<T> {
        &self.source
    }

    #[inline]
    pub(super) fn limit(&self, way: Way) -> &Limit {
        match way {
            Way::Read => &self.read_limit,
            Way::Write => &self.write_limit,
        }
    }

    /// Tries, and waits this way for as long as the try would block, and as the limit allows. What needs
    /// no wait needs no call either, most of the time.
    #[inline]
    #[track_caller]
    pub(super) fn attempt<R>(
        &self,
        way: Way,
        attempt: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        let mut io = Io::new(way, &self.source, attempt);
        match io.at_once() {
            Some(result) => result,
            None => self.limited(way, || call(io)),
        }
    }

    /// As [`attempt`](Self::attempt), of a write that waits for room at somebody else's: of that the
    /// system sends no word, so it is tried again and again.
    #[track_caller]
    pub(super) fn attempt_often<R>(
        &self,
        mut attempt: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        self.limited(Way::Write, || {
            patiently(|| {
                let once = |io: &T| match attempt(io) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    result => result.map(Some),
                };
                call(Io::new(Way::Write, &self.source, once))
            })
        })
    }

    #[inline]
    #[track_caller]
    fn limited<R>(&self, way: Way, f: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        match self.limit(way).get() {
            None => f(),
            Some(limit) => within(limit, f),
        }
    }

    /// As [`attempt`](Self::attempt), of as many bytes as there is `room` for, on a byte stream that the
    /// network fills and empties: a try that comes short of it has taken all that there was.
    #[inline]
    #[track_caller]
    pub(super) fn transfer(
        &self,
        way: Way,
        room: usize,
        mut attempt: impl FnMut(&T) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.attempt(way, |io| {
            let count = attempt(io)?;
            // Said before the kernel can hear of more. At the end of a stream there is no more to hear of.
            if 0 < count && count < room {
                self.source.exhausted(way);
            }
            Ok(count)
        })
    }
}

impl Limit {
    #[inline]
    pub(super) fn get(&self) -> Option<Duration> {
        self.0.get()
    }

    pub(super) fn set(&self, limit: Option<Duration>) -> io::Result<()> {
        if limit.is_some_and(|limit| limit.is_zero()) {
            return Err(zero_limit());
        }
        self.0.set(limit);
        Ok(())
    }
}

/// The error for a time limit within which nothing can be done.
pub(super) fn zero_limit() -> io::Error {
    let text = "a timeout of zero leaves no time to wait: give none at all to wait for ever";
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

/// Tries again after a pause, and then a longer one, for as long as nothing comes of it.
#[track_caller]
pub(super) fn patiently<R>(mut attempt: impl FnMut() -> io::Result<Option<R>>) -> io::Result<R> {
    let mut pause = SHORTEST_PAUSE;
    loop {
        if let Some(value) = attempt()? {
            return Ok(value);
        }
        call(Sleep(pause))?;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// Only a wait is broken off, so what was done is never reported as late.
#[track_caller]
fn within<R>(limit: Duration, f: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
    timeout(limit, f).unwrap_or_else(|_| {
        let text = format!("the socket's timeout of {limit:?} is over; nothing was transferred");
        Err(io::Error::new(io::ErrorKind::TimedOut, text))
    })
}
