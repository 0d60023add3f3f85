//! Limits to how long an operation may wait.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use crate::kernel::call;
use crate::scope::timeout;
use crate::syscall::Sleep;

/// Between two tries of what the system sends no word of: where there is hardly ever any wait, and
/// where the other side is slow.
const SHORTEST_PAUSE: Duration = Duration::from_micros(250);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// How long an operation may wait; for ever, if nothing is said.
#[derive(Default)]
pub(super) struct Limit(Cell<Option<Duration>>);

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

    /// Breaks off a wait that takes longer. Only a wait: what was done is never reported as late.
    #[inline]
    #[track_caller]
    pub(super) fn hold<R>(&self, wait: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        match self.get() {
            None => wait(),
            Some(limit) => timeout(limit, wait).unwrap_or_else(|_| Err(too_late(limit))),
        }
    }
}

fn too_late(limit: Duration) -> io::Error {
    let text = format!("the socket's timeout of {limit:?} is over; nothing was transferred");
    io::Error::new(io::ErrorKind::TimedOut, text)
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
