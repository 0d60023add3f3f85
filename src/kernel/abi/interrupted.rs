//! Why a wait was broken off.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use super::signal::Signal;
use super::tid::Tid;

/// Why a wait was broken off; see [`Interrupted`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Why {
    /// The caller, a scope it is in, or its group was cancelled.
    Cancelled,
    /// The deadline of a scope that the caller is in has passed.
    TimedOut,
    /// A signal came that the caller did not ask for.
    Signal,
    /// The caller is being killed.
    Killed,
    /// The caller is unwinding, from a panic or a kill, and destructors never suspend.
    Unwinding,
}

/// A wait ended without what it waited for: it *did not happen*. No item was taken, no byte lost.
///
/// What waits for the world outside returns an [`io::Error`], and has this one inside: [`of`](Self::of)
/// finds it there. The error's kind is [`TimedOut`](io::ErrorKind::TimedOut) if a deadline has passed, and
/// [`Other`](io::ErrorKind::Other) if not. It is never [`Interrupted`](io::ErrorKind::Interrupted), which `std`
/// takes for a reason to try again.
///
/// ```
/// use coros::kernel::Why;
/// use coros::{WaitList, call, run, spawn, syscall::Park, yield_now};
///
/// run(|| {
///     let waiter = spawn(|| call(Park(&WaitList::new())).unwrap_err());
///     yield_now();
///     waiter.cancel("closing time");
///     let interrupted = waiter.join().unwrap();
///     assert_eq!(interrupted.why(), Why::Cancelled);
///     assert_eq!(interrupted.reason(), Some("closing time"));
///     assert_eq!(interrupted.by().unwrap().number(), 1);
/// })
/// .unwrap();
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Interrupted(Explanation);

/// Small where there is little to tell.
#[derive(Clone, PartialEq, Eq)]
enum Explanation {
    Briefly(Why),
    AtLength(Arc<Details>),
}

#[derive(PartialEq, Eq)]
struct Details {
    why: Why,
    by: Option<Tid>,
    signal: Option<Signal>,
    reason: Box<str>,
}

impl Interrupted {
    pub(in crate::kernel) fn new(why: Why) -> Self {
        Self(Explanation::Briefly(why))
    }

    /// That of a deadline, for errors that say so without it.
    pub(crate) fn late() -> &'static Self {
        static LATE: Interrupted = Interrupted(Explanation::Briefly(Why::TimedOut));
        &LATE
    }

    /// A cancellation by a task, or from outside, for a reason.
    pub(crate) fn cancelled(by: Option<Tid>, reason: impl Into<Box<str>>) -> Self {
        Self(Explanation::AtLength(Arc::new(Details {
            why: Why::Cancelled,
            by,
            signal: None,
            reason: reason.into(),
        })))
    }

    /// A signal, by a task or from outside.
    pub(in crate::kernel) fn signalled(signal: Signal, by: Option<Tid>) -> Self {
        Self(Explanation::AtLength(Arc::new(Details {
            why: Why::Signal,
            by,
            signal: Some(signal),
            reason: signal.to_string().into(),
        })))
    }

    /// Finds the interruption in an error, however deep it lies there: the error itself, one that it has as
    /// its [source](Error::source), or one inside an [`io::Error`].
    ///
    /// So what is to be said of a broken connection can be told apart from what is to be done when this
    /// task is to end. A [`TimedOut`](crate::TimedOut) counts, since a wait was broken off for it. The time
    /// limit of a single socket, as of [`set_read_timeout`](crate::net::TcpStream::set_read_timeout), does
    /// not, though its kind is [`TimedOut`](io::ErrorKind::TimedOut) as well: the next wait is whole again.
    /// If the error tells of another task, as a [`GroupError`](crate::GroupError) may, so does what is
    /// found in it.
    ///
    /// ```
    /// use coros::net::UnixStream;
    /// use coros::{Interrupted, run, spawn, yield_now};
    /// use std::io::{self, Read};
    ///
    /// run(|| {
    ///     let (mut here, _there) = UnixStream::pair().unwrap();
    ///     let reader = spawn(move || here.read(&mut [0; 8]).unwrap_err());
    ///     yield_now();
    ///     reader.cancel("closing time");
    ///     let error = reader.join().unwrap();
    ///     let interrupted = Interrupted::of(&error).unwrap();
    ///     assert_eq!(interrupted.reason(), Some("closing time"));
    ///     let reset = io::Error::from(io::ErrorKind::ConnectionReset);
    ///     assert_eq!(Interrupted::of(&reset), None);
    /// })
    /// .unwrap();
    /// ```
    #[must_use]
    pub fn of<E: Error + 'static>(error: &E) -> Option<&Self> {
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = next {
            if let Some(interrupted) = error.downcast_ref() {
                return Some(interrupted);
            }
            next = match error.downcast_ref::<io::Error>() {
                // Its source would be the one behind what it holds.
                Some(error) => error.get_ref().map(|held| held as _),
                None => error.source(),
            };
        }
        None
    }

    /// Which signal broke it off, if it was one.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        self.details()?.signal
    }

    /// Why the wait was broken off.
    #[must_use]
    pub fn why(&self) -> Why {
        match &self.0 {
            Explanation::Briefly(why) => *why,
            Explanation::AtLength(details) => details.why,
        }
    }

    /// Who broke it off, if it was a task.
    #[must_use]
    pub fn by(&self) -> Option<Tid> {
        self.details()?.by
    }

    /// For which reason, if one was given.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        Some(&self.details()?.reason)
    }

    fn details(&self) -> Option<&Details> {
        match &self.0 {
            Explanation::Briefly(_) => None,
            Explanation::AtLength(details) => Some(details),
        }
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.why() {
            Why::Cancelled => "the wait was cancelled",
            Why::TimedOut => "the wait was broken off: its time is over",
            Why::Signal => "the wait was broken off by a signal",
            Why::Killed => "the wait was broken off: the task is being killed",
            Why::Unwinding => "the call would have to wait, and a task that unwinds never waits",
        })?;
        if let Some(by) = self.by() {
            let of = if self.why() == Why::Signal {
                "of"
            } else {
                "by"
            };
            write!(out, " {of} task {by}")?;
        }
        match self.reason() {
            Some(reason) => write!(out, ": {reason}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Interrupted {
    /// In words: this is what is shown where `main` returns it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Interrupted({:?})", self.to_string())
    }
}

impl Error for Interrupted {}

impl From<Interrupted> for io::Error {
    /// Never of the kind [`Interrupted`](io::ErrorKind::Interrupted), which `std` would retry;
    /// [`Interrupted::of`] finds it again.
    fn from(interrupted: Interrupted) -> Self {
        match interrupted.why() {
            Why::TimedOut => Self::new(io::ErrorKind::TimedOut, interrupted),
            _ => Self::other(interrupted),
        }
    }
}
