//! Signals: short words that break in on tasks, from other tasks and from the system.

use std::fmt;
use std::os::raw::c_int;

use crate::shown::shown;

/// A signal, with its meaning in UNIX.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Signal {
    /// The terminal is gone.
    Hup,
    /// Ctrl-C.
    Int,
    /// The end, at once: it is never handled.
    Kill,
    /// The program's own.
    Usr1,
    /// The program's own.
    Usr2,
    /// Please end.
    Term,
    /// A child has ended.
    Chld,
    /// Go on, after `Tstp`.
    Cont,
    /// Ctrl-Z: stop until `Cont`.
    Tstp,
}

impl Signal {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::Hup,
        Self::Int,
        Self::Kill,
        Self::Usr1,
        Self::Usr2,
        Self::Term,
        Self::Chld,
        Self::Cont,
        Self::Tstp,
    ];

    /// The system's number for it.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Hup => libc::SIGHUP,
            Self::Int => libc::SIGINT,
            Self::Kill => libc::SIGKILL,
            Self::Usr1 => libc::SIGUSR1,
            Self::Usr2 => libc::SIGUSR2,
            Self::Term => libc::SIGTERM,
            Self::Chld => libc::SIGCHLD,
            Self::Cont => libc::SIGCONT,
            Self::Tstp => libc::SIGTSTP,
        }
    }

    /// The one with this number, if it is one of these.
    #[must_use]
    pub fn from_number(number: c_int) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|signal| signal.number() == number)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Hup => "SIGHUP",
            Self::Int => "SIGINT",
            Self::Kill => "SIGKILL",
            Self::Usr1 => "SIGUSR1",
            Self::Usr2 => "SIGUSR2",
            Self::Term => "SIGTERM",
            Self::Chld => "SIGCHLD",
            Self::Cont => "SIGCONT",
            Self::Tstp => "SIGTSTP",
        }
    }
}

shown!(impl Display for Signal { signal => signal.name() });

/// Some of the signals.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SignalSet(u16);

impl SignalSet {
    pub(crate) fn of(signals: &[Signal]) -> Self {
        signals.iter().copied().collect()
    }

    /// The same, and this one.
    pub(in crate::kernel) fn with(self, signal: Signal) -> Self {
        Self(self.0 | 1 << signal as u16)
    }

    /// The same, but for this one.
    pub(in crate::kernel) fn without(self, signal: Signal) -> Self {
        Self(self.0 & !(1 << signal as u16))
    }

    pub(in crate::kernel) fn add_all(&mut self, others: Self) {
        self.0 |= others.0;
    }

    pub(crate) fn has(self, signal: Signal) -> bool {
        self.0 & 1 << signal as u16 != 0
    }

    /// The first that is in both.
    pub(in crate::kernel) fn first_in(self, other: Self) -> Option<Signal> {
        self.iter().find(|&signal| other.has(signal))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Signal> {
        Signal::ALL
            .into_iter()
            .filter(move |&signal| self.has(signal))
    }
}

impl FromIterator<Signal> for SignalSet {
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> Self {
        signals.into_iter().fold(Self::default(), Self::with)
    }
}

impl fmt::Display for SignalSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, signal) in self.iter().enumerate() {
            let lead = if at == 0 { "" } else { ", " };
            write!(out, "{lead}{signal}")?;
        }
        Ok(())
    }
}

/// What a task does about signals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Disposition {
    /// What is done by default.
    Default,
    /// Nothing.
    Ignored,
    /// Nothing, and the system does what it always does.
    Exempt,
    /// It waits for it, now or later.
    Asked,
}
