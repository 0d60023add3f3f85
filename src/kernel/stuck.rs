//! The report of a run in which nothing can go on.

use std::collections::HashSet;
use std::fmt;

use super::core::Core;
use super::info::TaskInfo;
use super::tid::Tid;

/// Nothing can go on: no task is ready and no timer is set, yet tasks are left.
///
/// Its text lists each task, what it waits for, since when and in which source line, and names the
/// cycles among them.
#[derive(Clone)]
pub struct Stuck {
    tasks: Vec<TaskInfo>,
    /// Why nothing was run at all.
    refusal: Option<&'static str>,
}

impl Stuck {
    pub(super) fn found_in(core: &Core) -> Self {
        let mut tasks: Vec<_> = core.infos().collect();
        tasks.sort_unstable_by_key(|task| task.tid);
        Self {
            tasks,
            refusal: None,
        }
    }

    pub(super) fn while_unwinding() -> Self {
        Self {
            refusal: Some("this thread is unwinding from a panic"),
            tasks: Vec::new(),
        }
    }

    pub(super) fn in_forked_child() -> Self {
        Self {
            refusal: Some(
                "this process was forked after the scheduler was made, which is the parent's; \
                 make another, as coros::run does",
            ),
            tasks: Vec::new(),
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
            self.follow(task.tid, &mut Vec::new(), &mut seen, &mut cycles);
        }
        cycles
    }

    /// Goes from a task to those that hold what it waits for, depth first.
    fn follow(
        &self,
        start: Tid,
        path: &mut Vec<(Tid, usize)>,
        seen: &mut HashSet<Tid>,
        cycles: &mut Vec<Vec<Tid>>,
    ) {
        let mut next = Some(start);
        loop {
            if let Some(tid) = next.filter(|&tid| seen.insert(tid)) {
                path.push((tid, 0));
            } else if let Some(at) = next.and_then(|tid| path.iter().position(|on| on.0 == tid)) {
                cycles.push(path[at..].iter().map(|on| on.0).collect());
            }
            let Some((tid, way)) = path.last_mut() else {
                return;
            };
            next = self
                .find(*tid)
                .and_then(|task| task.holders.get(*way).copied());
            *way += 1;
            if next.is_none() {
                path.pop();
            }
        }
    }

    fn find(&self, tid: Tid) -> Option<&TaskInfo> {
        self.tasks.iter().find(|task| task.tid == tid)
    }
}

impl fmt::Display for Stuck {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(refusal) = self.refusal {
            return write!(out, "refused to run tasks: {refusal}");
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
                write!(out, "\n  {lead}{} waits for ", one.title())?;
                match &one.waits_on {
                    Some(list) => write!(out, "{list} held by {}", other.title())?,
                    None => write!(out, "{}", other.title())?,
                }
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
