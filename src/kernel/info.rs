//! What `ps` shows: what is known of each task.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::place::Queue;
use super::state::State;
use super::table::Record;
use super::tid::Tid;
use crate::machine::inspect;

/// Where a task is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TaskState {
    /// It is in the ready queue.
    Ready,
    /// It runs, or its call is being served.
    Running,
    /// It waits.
    Waiting,
    /// It was stopped by a signal, and may be told to go on.
    Stopped,
    /// It has not arrived yet: see [`Builder::arrival`](crate::Builder::arrival).
    Expected,
}

impl fmt::Display for TaskState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Stopped => "stopped",
            Self::Expected => "expected",
        })
    }
}

/// What is known of a task: a line of `ps`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskInfo {
    /// Its number.
    pub tid: Tid,
    /// Its name; empty if it has none.
    pub name: Arc<str>,
    /// Whether the run ends without it.
    pub daemon: bool,
    /// Where it is in its life.
    pub state: TaskState,
    /// The call that it waits in, in words, and the list that it is parked on.
    pub waits_in: Option<String>,
    /// The source line of its last call.
    pub place: Option<&'static Location<'static>>,
    /// When its wait began, counted from the scheduler's start. Real time is read now and then, so
    /// this may say a little less than was.
    pub since: Option<Duration>,
    /// When its wait ends by itself, counted from the scheduler's start, if it has a deadline: that of a
    /// sleep, or of a scope around it. For a task that has not arrived yet, when it arrives.
    pub until: Option<Duration>,
    /// The list that it is parked on, in words: what it waits for, unless that is a task.
    pub waits_on: Option<String>,
    /// Who can end its wait, as far as is known: the task that it waits for, or whoever holds what it
    /// is parked on.
    pub holders: Vec<Tid>,
}

impl TaskInfo {
    pub(super) fn title(&self) -> String {
        title(self.tid.number(), &self.name)
    }
}

impl fmt::Display for TaskInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} is {}", self.title(), self.state)?;
        if let Some(call) = &self.waits_in {
            write!(out, " in {call}")?;
        }
        if let (TaskState::Expected, Some(until)) = (self.state, self.until) {
            write!(out, " at {until:?}")?;
        }
        if let Some(since) = self.since {
            let since = Duration::from_micros(since.as_micros() as u64);
            write!(out, " since {since:?}")?;
        }
        match self.place {
            Some(place) => write!(out, " at {place}"),
            None => Ok(()),
        }
    }
}

/// How messages call a task.
pub(super) fn title(number: u64, name: &str) -> String {
    match name {
        "" => format!("task {number}"),
        name => format!("task {number} '{name}'"),
    }
}

impl Core {
    pub(super) fn infos(&self) -> impl Iterator<Item = TaskInfo> {
        self.table.iter().map(|record| self.info(record))
    }

    fn info(&self, record: &Record) -> TaskInfo {
        let context = &record.context;
        let state = match State::of(context) {
            _ if context.is_busy() => TaskState::Running,
            State::Ready | State::Woken => TaskState::Ready,
            State::Waiting if record.is_expected() => TaskState::Expected,
            State::Waiting => TaskState::Waiting,
            State::Stopped => TaskState::Stopped,
            _ => TaskState::Running,
        };
        let waits = state == TaskState::Waiting;
        let waits_on = record.waits_on().filter(|_| waits);
        let holders = match waits {
            true => record
                .waits()
                .flat_map(|wait| self.holders_of(wait))
                .collect(),
            false => Vec::new(),
        };
        TaskInfo {
            tid: Tid::of(context),
            name: record.name.clone().unwrap_or_default(),
            daemon: record.is_daemon(),
            state,
            waits_in: inspect::call_text(context)
                .filter(|_| waits)
                .map(|call| self.waits_in(record, call)),
            place: inspect::place(context),
            since: waits.then(|| Duration::from_nanos(record.wait.since)),
            until: self
                .end_of_wait(record)
                .filter(|_| waits || state == TaskState::Expected),
            waits_on,
            holders,
        }
    }

    /// When the wait that a task is in ends by itself, if it has a deadline.
    pub(super) fn end_of_wait(&self, record: &Record) -> Option<Duration> {
        let own = record.waits().filter_map(|wait| wait.timer);
        let extra = record.extra.iter();
        let scopes = extra.flat_map(|extra| extra.scopes.deadlines());
        let deadlines = own.chain(scopes);
        let first = deadlines
            .filter_map(|timer| self.timers.deadline(timer))
            .min();
        first.map(Duration::from_nanos)
    }

    /// A call in words, with the list that its caller is parked on, unless the call names it.
    fn waits_in(&self, record: &Record, call: String) -> String {
        match &record.wait.queue {
            Queue::List(list) if !call.contains(&list.title()) => {
                format!("{call} on {}", list.title())
            }
            _ => call,
        }
    }

    pub(super) fn title(&self, slot: u32) -> String {
        let record = self.table.get(slot);
        title(record.context.number.get(), record.name())
    }
}
