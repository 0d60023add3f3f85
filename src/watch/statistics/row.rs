//! What is known of a task: a row of the table.

use std::sync::Arc;
use std::time::Duration;

use super::Notes;
use crate::kernel::{Did, Exit, Place, Tid};
use crate::shown::shown;
use crate::watch::ledger::{Account, Phase};
#[cfg(feature = "record")]
use crate::watch::written::nanos;

/// Where a task is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum State {
    /// It could run.
    Ready,
    /// It has its turn: it is the one that asks.
    Running,
    /// It waits.
    Waiting,
    /// It was stopped by a signal.
    Stopped,
    /// It has a simulated CPU, and computes there.
    Computing,
    /// It is gone.
    Ended,
}

shown!(impl Display for State {
    Self::Ready => "ready",
    Self::Running => "running",
    Self::Waiting => "waiting",
    Self::Stopped => "stopped",
    Self::Computing => "computing",
    Self::Ended => "ended",
});

/// What is known of a task.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TaskStatistics {
    /// Its number.
    pub tid: Tid,
    /// Its name; empty if it has none.
    pub name: Arc<str>,
    /// Whether the run ends without it.
    pub daemon: bool,
    /// The task whose call made it; none, if it came from outside.
    pub parent: Option<Tid>,
    /// Where it is in its life.
    pub state: State,
    /// How it ended.
    pub exit: Option<Exit>,
    /// How many turns it had.
    pub runs: u64,
    /// How often it was woken.
    pub wakes: u64,
    /// How long it had a CPU; without simulated CPUs, how long its turns took.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub cpu: Duration,
    /// How long it was ready, and had no CPU.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub waiting: Duration,
    /// How long it was blocked, or stopped.
    #[cfg_attr(feature = "record", serde(serialize_with = "nanos"))]
    pub blocked: Duration,
    /// What it is parked on, in words, if it waits.
    pub on: Option<String>,
    /// Who can end its wait, as far as is known.
    pub holders: Vec<Tid>,
    /// What it holds that others may wait for, in words.
    pub holds: Vec<Arc<str>>,
    /// How deep its stack was at most where it made a call, in bytes; 0 in a recording.
    pub depth: usize,
    /// Its last call, in words; empty if it made none.
    pub call: String,
    /// The source line of that call.
    pub place: Option<Place>,
}

impl TaskStatistics {
    pub(super) fn of(tid: Tid, account: &Account, notes: Notes, now: Duration) -> Self {
        let times = account.times(now);
        let state = state(tid, account);
        let waits = state == State::Waiting;
        Self {
            tid,
            name: Arc::clone(&account.name),
            daemon: account.daemon,
            parent: account.parent,
            state,
            exit: account.exit.clone(),
            runs: notes.runs,
            wakes: notes.wakes,
            cpu: times.cpu,
            waiting: times.waiting,
            blocked: times.blocked,
            on: notes.on.filter(|_| waits),
            holders: if waits { notes.holders } else { Vec::new() },
            holds: notes.holds.into_values().map(|(what, _)| what).collect(),
            depth: notes.depth,
            call: notes.last.map(words).unwrap_or_default(),
            place: notes.place,
        }
    }
}

fn state(tid: Tid, account: &Account) -> State {
    match account.phase() {
        _ if account.end.is_some() => State::Ended,
        // A task that asks has its turn, which events tell of when it is over.
        _ if Tid::running() == Some(tid) => State::Running,
        Phase::Ready => State::Ready,
        Phase::Computing => State::Computing,
        Phase::Blocked => State::Waiting,
        Phase::Stopped => State::Stopped,
        Phase::Ended => State::Ended,
    }
}

fn words(did: Did) -> String {
    match did {
        Did::Asked(call, _) | Did::Waits(call) | Did::Computes(call) => call,
        Did::Ended(_) => String::new(),
    }
}
