//! What a run came to.

use std::fmt;

use super::signal::Signal;
use super::stuck::Stuck;
use crate::shown::{error, shown};

/// What has happened in a scheduler so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// Turns of the loop.
    pub turns: u64,
    /// Tasks made.
    pub spawned: u64,
    /// Tasks that returned.
    pub returned: u64,
    /// Tasks that panicked.
    pub panicked: u64,
    /// Tasks that were killed, daemons at the end included.
    pub killed: u64,
    /// Of those killed, how many would not unwind, so that their stacks are leaked.
    pub abandoned: u64,
    /// Whether the last run was told to stop; see [`stop`](crate::stop).
    pub stopped: bool,
    /// The signal from the system that interrupted or stopped the last run, the first of several; none if
    /// tasks had asked for all that came. A program that ends because of it tells its parent so by the
    /// exit code 128 + [`number`](Signal::number): 130 after a Ctrl-C.
    pub signal: Option<Signal>,
    /// Of those killed, how many had outlived their time of grace by then.
    pub overdue: u64,
    /// Tasks that ran longer without a call than the watchdog allows.
    pub overran: u64,
    /// Policies that were thrown out; see [`Policy`](crate::kernel::Policy).
    pub policies_dropped: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        write!(
            out,
            "{} turn{}; {} task{}: {} returned, {} panicked, {} killed",
            self.turns,
            plural(self.turns),
            self.spawned,
            plural(self.spawned),
            self.returned,
            self.panicked,
            self.killed,
        )?;
        if self.abandoned > 0 {
            let count = self.abandoned;
            write!(out, " ({count} of them given up, their stacks leaked)")?;
        }
        if let Some(signal) = self.signal {
            write!(out, "; interrupted by {signal}")?;
        }
        match (self.stopped, self.overdue) {
            (false, _) => Ok(()),
            (true, 0) => out.write_str("; told to stop"),
            (true, count) => write!(out, "; told to stop, {count} outlived their grace"),
        }
    }
}

/// Why [`run`](crate::run) has no value to hand back.
pub enum RunError {
    /// Nothing could go on.
    Stuck(Stuck),
    /// The main task panicked, with this message.
    Panicked(String),
    /// The main task was killed.
    Killed,
}

error! {
    RunError {
        Self::Stuck(stuck) => stuck,
        Self::Panicked(message) => format_args!("the main task panicked: {message}"),
        Self::Killed => "the main task was killed",
    }
    source { Self::Stuck(stuck) => stuck }
}

// The same text: it is what `main` prints of an error.
shown!(impl Debug for RunError: self => "{self}");

impl From<Stuck> for RunError {
    fn from(stuck: Stuck) -> Self {
        Self::Stuck(stuck)
    }
}
