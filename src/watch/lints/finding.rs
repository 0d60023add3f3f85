//! Findings: what a lint has to say of a task.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::kernel::{Place, Tid};
use crate::shown::shown;
#[cfg(feature = "record")]
use crate::watch::written::nanos;

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Lint {
    /// A turn took longer than its limit: no other task had one meanwhile.
    LongStep,
    /// A task yields again and again, and does nothing else.
    YieldSpinner,
    /// A task kept its CPU for longer than its limit, and never made a call that would let others on.
    NeverYielded,
    /// A task ended, and what it had locked is locked for good.
    ExitedHoldingLock,
    /// A task slept, and no other could have what it had locked.
    SleptHoldingLock,
    /// A task of high priority waited for a lock, and one of lower priority than its own ran instead of
    /// the holder. (Known from Mars Pathfinder; described by B. Lampson and D. Redell, 1980.)
    PriorityInversion,
    /// What is put into a queue is not taken out as fast.
    QueueOnlyGrows,
    /// A task ended, and was never joined.
    NeverJoined,
}

shown!(impl Display for Lint {
    Self::LongStep => "long step",
    Self::YieldSpinner => "yield spinner",
    Self::NeverYielded => "never yielded",
    Self::ExitedHoldingLock => "exited holding a lock",
    Self::SleptHoldingLock => "slept holding a lock",
    Self::PriorityInversion => "priority inversion",
    Self::QueueOnlyGrows => "queue only grows",
    Self::NeverJoined => "never joined",
});

/// What a lint has to say of a task.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Finding {
    /// What was looked for.
    pub lint: Lint,
    /// Whose fault it is, if one task's.
    pub tid: Option<Tid>,
    /// That task's name; empty if it has none.
    pub name: Arc<str>,
    /// When it was first found; counted from the scheduler's start.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub time: Duration,
    /// What was found first, and what to do about it.
    pub text: String,
    /// The source line of the call at which it was found, or of the task's last one before.
    pub place: Option<Place>,
    /// How often it was found.
    pub count: u64,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} (at {:?}", self.lint, self.text, self.time)?;
        if let Some(place) = &self.place {
            write!(out, ", {place}")?;
        }
        if self.count > 1 {
            write!(out, "; {} times", self.count)?;
        }
        out.write_str(")")
    }
}
