//! What observers see: one step for each turn, and the log lines of births, deaths and panics.

use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::info::title;
use super::stuck::Stuck;
use super::task::Exit;
use super::tid::Tid;

type Place = Option<&'static Location<'static>>;

/// What happens in a turn, noted while somebody watches.
#[derive(Default)]
pub(super) struct Watch {
    pub(super) woke: Vec<Tid>,
    pub(super) ended: Vec<Ended>,
}

/// What a task did in its turn.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Did {
    /// It asked for this, and was answered that; the answer's text may be empty.
    Asked(String, String),
    /// It asked for this, or was woken from it, and waits.
    Waits(String),
    /// It ended.
    Ended(Exit),
}

/// The end of a task.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Ended {
    /// Whose.
    pub tid: Tid,
    /// Its name; empty if it had none.
    pub name: Arc<str>,
    /// How it ended.
    pub exit: Exit,
}

impl fmt::Display for Ended {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} {}",
            title(self.tid.number(), &self.name),
            self.exit
        )
    }
}

/// One turn of the loop, as [`Scheduler::step`](crate::Scheduler::step) and the trace log tell it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Step {
    /// Which turn this was, counted from 1.
    pub turn: u64,
    /// The scheduler's clock, counted from its start; in real time, as of its last reading.
    pub time: Duration,
    /// Whose turn it was.
    pub tid: Tid,
    /// Its name; empty if it has none.
    pub name: Arc<str>,
    /// What it did.
    pub did: Did,
    /// The source line of its call.
    pub place: Place,
    /// Who was woken in this turn, by the task or by a timer, in that order.
    pub woke: Vec<Tid>,
    /// Who else ended in this turn, and how.
    pub ended: Vec<Ended>,
    /// How long the ready queue is after the turn.
    pub ready: usize,
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = title(self.tid.number(), &self.name);
        write!(out, "turn {} at {:?}: {who} ", self.turn, self.time)?;
        match &self.did {
            Did::Asked(call, reply) if reply.is_empty() => write!(out, "asked {call}")?,
            Did::Asked(call, reply) => write!(out, "asked {call} -> {reply}")?,
            Did::Waits(call) => write!(out, "waits in {call}")?,
            Did::Ended(exit) => write!(out, "{exit}")?,
        }
        for ended in &self.ended {
            write!(out, "; {ended}")?;
        }
        if !self.woke.is_empty() {
            let woke: Vec<_> = self.woke.iter().map(Tid::to_string).collect();
            write!(out, "; woke {}", woke.join(", "))?;
        }
        write!(out, "; {} ready", self.ready)
    }
}

impl Core {
    /// One turn, told afterwards, with what has been noted since `watch` was set.
    #[cold]
    #[inline(never)]
    pub(super) fn watched_turn(&mut self) -> Result<Step, Stuck> {
        let turned = self.guarded_turn();
        let told = turned.map(|tid| (tid, self.doing(tid)));
        self.read_mail();
        if self.ordinary == 0 {
            self.kill_all(|record| record.is_daemon());
        }
        let Watch { woke, mut ended } = self.watch.take().unwrap_or_default();
        let (tid, doing) = told?;
        let (name, did, place) = doing.unwrap_or_else(|| {
            let own = ended.iter().position(|ended| ended.tid == tid);
            let Ended { name, exit, .. } =
                ended.remove(own.expect("a task that is gone has ended"));
            (name, Did::Ended(exit), None)
        });
        let step = Step {
            turn: self.turns_so_far(),
            time: Duration::from_nanos(self.clock.seen()),
            tid,
            name,
            did,
            place,
            woke,
            ended,
            ready: self.ready.len(),
        };
        log::trace!("{step}");
        Ok(step)
    }

    /// What a task does that has just had its turn; `None` if it has ended.
    fn doing(&self, tid: Tid) -> Option<(Arc<str>, Did, Place)> {
        let record = self.table.get(self.table.find(tid)?);
        let task = &record.context;
        let call = task.call_text().unwrap_or_default();
        let did = match task.is_answered() {
            true => Did::Asked(call, task.reply_text().unwrap_or_default()),
            false => Did::Waits(call),
        };
        Some((record.name.clone().unwrap_or_default(), did, task.place()))
    }
}

impl Core {
    pub(super) fn log_birth(&self, slot: u32) {
        if log::max_level() >= log::LevelFilter::Debug {
            let kind = if self.table.get(slot).is_daemon() {
                " (a daemon)"
            } else {
                ""
            };
            log_debug(format_args!("{} is born{kind}", self.title(slot)));
        }
    }
}

/// Tells of an error in the middle of a kill, which goes on even if the logger panics.
pub(super) fn log_error(text: fmt::Arguments<'_>) {
    let logged = catch_unwind(AssertUnwindSafe(|| log::error!("{text}")));
    // Dropping what it threw might panic again.
    std::mem::forget(logged);
}

/// Tells of what its user should know, in the middle of a turn, which goes on if the logger panics.
pub(super) fn log_warn(text: fmt::Arguments<'_>) {
    let logged = catch_unwind(AssertUnwindSafe(|| log::warn!("{text}")));
    std::mem::forget(logged);
}

/// Tells of what has happened already, and is not undone if the logger panics.
fn log_debug(text: fmt::Arguments<'_>) {
    let logged = catch_unwind(AssertUnwindSafe(|| log::debug!("{text}")));
    std::mem::forget(logged);
}

/// Tells of a task's end.
pub(super) fn log_death(tid: Tid, name: Option<&str>, exit: &Exit) {
    let title = || title(tid.number(), name.unwrap_or(""));
    match exit {
        Exit::Panicked(_) => log::error!("{} {exit}", title()),
        _ if log::max_level() >= log::LevelFilter::Debug => log::debug!("{} {exit}", title()),
        _ => {}
    }
}
