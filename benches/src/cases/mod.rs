//! The cases: what is compared, with how many tasks, and which goals are set.

mod get_tid;
mod kill;
pub mod parked;
mod ring;
mod spawn;

use clap::ValueEnum;

use crate::Findings;
use crate::measure::{self, Effort, Subject};
use crate::report::{self, Entry, Goal};

/// One thing to measure.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Case {
    /// A call that asks for next to nothing, from 2 to 100,000 tasks in turn.
    GetTid,
    /// Spawn a task, run it, end it.
    SpawnEnd,
    /// The same with a handle, and the task's value through it.
    SpawnJoin,
    /// 503 tasks that pass a token by park and wake.
    Ring,
    /// Kill a suspended task with three destructors.
    Kill,
    /// A million tasks parked in one wait list: memory, mappings, seconds.
    Parked,
}

impl Case {
    pub const ALL: [Case; 6] = [
        Case::GetTid,
        Case::SpawnEnd,
        Case::SpawnJoin,
        Case::Ring,
        Case::Kill,
        Case::Parked,
    ];

    pub fn run(self, effort: &Effort) -> Findings {
        match self {
            Case::GetTid => Ok(get_tid::run(effort)),
            Case::SpawnEnd => Ok(spawn::run_spawn_end(effort)),
            Case::SpawnJoin => Ok(spawn::run_spawn_join(effort)),
            Case::Ring => Ok(ring::run(effort)),
            Case::Kill => Ok(kill::run(effort)),
            Case::Parked => parked::run(effort),
        }
    }
}

/// Subjects that do the same work, and what coros should reach among them.
struct Contest {
    case: &'static str,
    tasks: usize,
    goals: Vec<Goal>,
    subjects: Vec<Subject>,
}

impl Contest {
    fn hold(mut self, effort: &Effort) -> Vec<Entry> {
        if effort.is_smoke() {
            // Figures of a single lap say nothing.
            self.goals.clear();
        }
        let timings = measure::measure(&mut self.subjects, effort);
        report::timings(self.case, self.tasks, &timings, &self.goals)
    }
}
