//! What `ps` shows, and the report of a run in which nothing can go on.

use std::collections::HashSet;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::core::Core;
use super::table::{Record, State};
use super::tid::Tid;
use super::wait::Queue;

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
}

impl fmt::Display for TaskState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Waiting => "waiting",
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
    /// The task that alone can end its wait, if the kernel knows one.
    pub waits_for: Option<Tid>,
}

impl TaskInfo {
    fn title(&self) -> String {
        title(self.tid.number(), &self.name)
    }
}

impl fmt::Display for TaskInfo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} is {}", self.title(), self.state)?;
        if let Some(call) = &self.waits_in {
            write!(out, " in {call}")?;
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
            State::Waiting => TaskState::Waiting,
            _ => TaskState::Running,
        };
        let waits = state == TaskState::Waiting;
        let target = match record.wait.queue {
            Queue::ExitOf(slot) => Some(Tid::of(&self.table.get(slot).context)),
            _ => None,
        };
        TaskInfo {
            tid: Tid::of(context),
            name: record.name.clone().unwrap_or_default(),
            daemon: record.daemon,
            state,
            waits_in: context
                .call_text()
                .filter(|_| waits)
                .map(|call| self.waits_in(record, call)),
            place: context.place(),
            since: waits.then(|| Duration::from_nanos(record.wait.since)),
            waits_for: target,
        }
    }

    /// A call in words, with the list that its caller is parked on, unless the call names it.
    fn waits_in(&self, record: &Record, call: String) -> String {
        match &record.wait.queue {
            Queue::List(list) if !call.contains(list.title()) => {
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

/// Nothing can go on: no task is ready and no timer is set, yet tasks are left.
///
/// Its text lists each task, what it waits for, since when and in which source line, and names the
/// cycles among them.
#[derive(Clone)]
pub struct Stuck {
    tasks: Vec<TaskInfo>,
    unwinding: bool,
}

impl Stuck {
    pub(super) fn found_in(core: &Core) -> Self {
        let mut tasks: Vec<_> = core.infos().collect();
        tasks.sort_unstable_by_key(|task| task.tid);
        Self {
            tasks,
            unwinding: false,
        }
    }

    pub(super) fn while_unwinding() -> Self {
        Self {
            tasks: Vec::new(),
            unwinding: true,
        }
    }

    /// The tasks that are left, oldest first.
    #[must_use]
    pub fn tasks(&self) -> &[TaskInfo] {
        &self.tasks
    }

    /// Rings of tasks, each of which waits for the next, and the last for the first.
    #[must_use]
    pub fn cycles(&self) -> Vec<Vec<Tid>> {
        let mut seen = HashSet::new();
        let mut cycles = Vec::new();
        for task in &self.tasks {
            let mut path = Vec::new();
            let mut next = Some(task.tid);
            while let Some(tid) = next.filter(|&tid| seen.insert(tid)) {
                path.push(tid);
                next = self.find(tid).and_then(|task| task.waits_for);
            }
            if let Some(start) = next.and_then(|tid| path.iter().position(|&on| on == tid)) {
                cycles.push(path.split_off(start));
            }
        }
        cycles
    }

    fn find(&self, tid: Tid) -> Option<&TaskInfo> {
        self.tasks.iter().find(|task| task.tid == tid)
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unwinding {
            return out.write_str("refused to run tasks: this thread is unwinding from a panic");
        }
        write!(
            out,
            "stuck: no task is ready and no timer is set; {} left",
            self.tasks.len()
        )?;
        for task in &self.tasks {
            write!(out, "\n  {task}")?;
        }
        for cycle in self.cycles() {
            let names: Vec<_> = cycle.iter().filter_map(|&tid| self.find(tid)).collect();
            let next = names.iter().cycle().skip(1);
            for (at, (one, other)) in names.iter().zip(next).enumerate() {
                let lead = if at == 0 { "cycle: " } else { "       " };
                write!(out, "\n  {lead}{} waits for {}", one.title(), other.title())?;
            }
        }
        Ok(())
    }
}

/// The same text: it is what `main` prints of an error.
impl fmt::Debug for Stuck {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl std::error::Error for Stuck {}
