//! A contest: subjects that do the same work, side by side.

use std::iter;

use super::fresh;
use crate::measure::{self, Effort, Sample, Subject};
use crate::report::{self, Entry, Goal};

/// Subjects that do the same work, and what coros should reach among them.
pub struct Contest {
    pub case: &'static str,
    /// With how many tasks it is held, and in a smoke test.
    pub tasks: &'static [usize],
    pub tiny: &'static [usize],
    pub work: Work,
    pub goals: fn(usize) -> Vec<Goal>,
    pub subjects: fn(usize) -> Vec<Subject>,
}

/// What makes a run longer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// More laps of the same tasks.
    Laps,
    /// More tasks: each does its work once, and nothing may be left over from an earlier run.
    Tasks,
    /// More laps, on two threads: how many instructions they take is chance.
    Threads,
}

/// From so many tasks on, what is left over from an earlier run would be most of the memory.
const MANY: usize = 1_000_000;

impl Contest {
    pub fn hold(&self, effort: &Effort) -> Vec<Entry> {
        let counts = match effort.is_smoke() {
            true => self.tiny,
            false => self.tasks,
        };
        let hold = |&tasks: &usize| self.hold_with(tasks, effort);
        counts.iter().flat_map(hold).collect()
    }

    fn hold_with(&self, tasks: usize, effort: &Effort) -> Vec<Entry> {
        let mut subjects = (self.subjects)(tasks);
        let is_fresh = self.work == Work::Tasks || tasks >= MANY;
        let timings = match is_fresh {
            true => {
                let mut fresh: Vec<_> = subjects.iter().map(|s| self.fresh(s, tasks)).collect();
                measure::measure(&mut fresh, &effort.brief())
            }
            false => measure::measure(&mut subjects, effort),
        };
        let goals = match effort.is_smoke() {
            // Figures of a single lap say nothing.
            true => Vec::new(),
            false => (self.goals)(tasks),
        };
        report::timings(self.case, tasks, &timings, &goals)
    }

    /// The same subject, with each run in a process of its own.
    fn fresh(&self, subject: &Subject, tasks: usize) -> Subject {
        let (case, name) = (self.case, subject.name);
        Subject::new(name, move |laps| {
            let arguments = fresh::arguments(case, name, tasks, laps);
            fresh::run(&arguments).unwrap_or_else(|error| panic!("{error}"))
        })
    }

    /// Runs one subject, in this process.
    pub fn run(&self, subject: &str, tasks: usize, laps: u64) -> Result<Sample, String> {
        let mut subjects = (self.subjects)(tasks);
        let chosen = subjects.iter_mut().find(|chosen| chosen.name == subject);
        let chosen = chosen.ok_or_else(|| format!("{subject} has no part in {}", self.case))?;
        Ok(chosen.run(laps))
    }

    /// With how many tasks its instructions can be counted: callgrind is too slow for a million that
    /// take turns.
    pub fn countable(&self) -> impl Iterator<Item = usize> {
        let tasks: &[usize] = match self.work {
            Work::Threads => &[],
            Work::Laps | Work::Tasks => self.tasks,
        };
        let is_few = move |tasks: &usize| self.work == Work::Tasks || *tasks < MANY;
        tasks.iter().copied().filter(is_few)
    }
}

/// Nothing is set for coros.
pub fn no_goals(_: usize) -> Vec<Goal> {
    Vec::new()
}

/// Coros first, then all others, in the order told.
pub fn subjects<const N: usize>(coros: Subject, others: [Vec<Subject>; N]) -> Vec<Subject> {
    iter::once(coros)
        .chain(others.into_iter().flatten())
        .collect()
}
