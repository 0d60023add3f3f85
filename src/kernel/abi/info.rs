//! What `ps` shows: what is known of each task.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::state::State;
use crate::kernel::core::table::waits_on;
use crate::machine::{TaskRef, inspect};

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
    pub(in crate::kernel) fn title(&self) -> String {
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
pub(in crate::kernel) fn title(number: u64, name: &str) -> String {
    match name {
        "" => format!("task {number}"),
        name => format!("task {number} '{name}'"),
    }
}

impl Core {
    pub(in crate::kernel) fn infos(&self) -> impl Iterator<Item = TaskInfo> {
        self.table.all().into_iter().map(|task| self.info(&task))
    }

    fn info(&self, task: &TaskRef) -> TaskInfo {
        let facts = task.facts();
        let state = match State::of(task) {
            _ if task.is_busy() => TaskState::Running,
            State::Ready | State::Woken => TaskState::Ready,
            State::Waiting if facts.is_expected() => TaskState::Expected,
            State::Waiting => TaskState::Waiting,
            State::Stopped => TaskState::Stopped,
            _ => TaskState::Running,
        };
        let waits = state == TaskState::Waiting;
        let holders = match waits {
            true => self.holders_of_waits(task),
            false => Vec::new(),
        };
        TaskInfo {
            tid: Tid::of(task),
            name: facts.name.clone().unwrap_or_default(),
            daemon: facts.daemon,
            state,
            waits_in: inspect::call_text(task)
                .filter(|_| waits)
                .map(|call| waits_in(task, call)),
            place: inspect::place(task),
            since: waits.then(|| Duration::from_nanos(facts.since.get())),
            until: self
                .end_of_wait(task)
                .filter(|_| waits || state == TaskState::Expected),
            waits_on: waits_on(task).filter(|_| waits),
            holders,
        }
    }

    /// When the wait that a task is in ends by itself, if it has a deadline.
    pub(in crate::kernel) fn end_of_wait(&self, task: &TaskRef) -> Option<Duration> {
        let mut timers = Vec::new();
        task.each_wait(|wait| timers.extend(wait.timer.get()));
        if let Some(extra) = task.facts().extra_if_any() {
            timers.extend(extra.scopes.borrow().deadlines());
        }
        let deadlines = timers
            .into_iter()
            .filter_map(|timer| self.timers.deadline(timer));
        deadlines.min().map(Duration::from_nanos)
    }

    /// Who can end the waits of a task, as far as is known.
    pub(in crate::kernel) fn holders_of_waits(&self, task: &TaskRef) -> Vec<Tid> {
        let mut holders = Vec::new();
        task.each_wait(|wait| holders.extend(self.holders_of(wait)));
        holders
    }
}

/// A call in words, with the list that its caller is parked on, unless the call names it.
fn waits_in(task: &TaskRef, call: String) -> String {
    match waits_on(task) {
        Some(list) if !call.contains(&list) => format!("{call} on {list}"),
        _ => call,
    }
}

/// How messages call this task.
pub(in crate::kernel) fn title_of(task: &TaskRef) -> String {
    title(Tid::of(task).number(), task.facts().name())
}
