//! What `ps` shows: what is known of each task.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::tid::Tid;
use crate::shown::shown;

/// Where a task is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum TaskState {
    /// It is in the run queue.
    #[default]
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

shown!(impl Display for TaskState {
    Self::Ready => "ready",
    Self::Running => "running",
    Self::Waiting => "waiting",
    Self::Stopped => "stopped",
    Self::Expected => "expected",
});

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
    /// The tasks that can end its wait, as far as is known: the one that it waits for, or those that hold
    /// what it is parked on.
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

/// A type's name without its path and its parameters.
pub(in crate::kernel) fn bare_name(name: &str) -> &str {
    let bytes = name.as_bytes();
    let end = bytes
        .iter()
        .position(|&byte| byte == b'<')
        .unwrap_or(bytes.len());
    let start = bytes[..end].iter().rposition(|&byte| byte == b':');
    &name[start.map_or(0, |colon| colon + 1)..end]
}
