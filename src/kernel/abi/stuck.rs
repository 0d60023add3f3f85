//! The report of a run in which nothing can go on.

use std::fmt;

use super::info::TaskInfo;
use super::tid::Tid;
use crate::shown::shown;

/// Tasks each of which waits for the next, and the last for the first.
#[derive(Clone)]
pub(in crate::kernel) struct Cycle {
    pub(in crate::kernel) tids: Vec<Tid>,
    /// What each of them waits for, in words.
    pub(in crate::kernel) waits: Vec<String>,
    /// Whether no other task can end it.
    pub(in crate::kernel) certain: bool,
}

/// Nothing can go on: no task is ready and no timer is set, yet tasks are left.
///
/// Its text lists each task, what it waits for, since when and in which source line, and names the
/// cycles among them. A cycle that another task might end, by adding a permit say, is called likely:
/// see [`certain_cycles`](Self::certain_cycles).
#[derive(Clone)]
pub struct Stuck {
    tasks: Vec<TaskInfo>,
    cycles: Vec<Cycle>,
    /// Why nothing was run at all.
    refusal: Option<&'static str>,
}

impl Stuck {
    pub(in crate::kernel) fn of(tasks: Vec<TaskInfo>, cycles: Vec<Cycle>) -> Self {
        Self {
            tasks,
            cycles,
            refusal: None,
        }
    }

    pub(in crate::kernel) fn while_unwinding() -> Self {
        Self {
            refusal: Some("this thread is unwinding from a panic"),
            tasks: Vec::new(),
            cycles: Vec::new(),
        }
    }

    pub(in crate::kernel) fn in_forked_child() -> Self {
        Self {
            refusal: Some(
                "this process was forked after the scheduler was made, which is the parent's; \
                 make another, as coros::run does",
            ),
            tasks: Vec::new(),
            cycles: Vec::new(),
        }
    }

    /// The tasks that are left, oldest first.
    #[must_use]
    pub fn tasks(&self) -> &[TaskInfo] {
        &self.tasks
    }

    /// Cycles of tasks, each of which waits for the next, and the last for the first: those that are
    /// certain, then those that are only likely.
    ///
    /// Of cycles that share tasks perhaps not all are told.
    #[must_use]
    pub fn cycles(&self) -> Vec<Vec<Tid>> {
        self.cycles.iter().map(|one| one.tids.clone()).collect()
    }

    /// Those among the [cycles](Self::cycles) that are certain: none of these tasks can ever go on,
    /// whatever other tasks do, unless one is killed or cancelled.
    ///
    /// The others are likely. They go through something that a task beside them might end, as one that
    /// adds a permit to a semaphore, or through a guess, as that the last task that sent through a
    /// channel is the one to send again; see [`Holding`](crate::kernel::Holding).
    ///
    /// ```
    /// use coros::sync::Semaphore;
    /// use coros::{Scheduler, spawn};
    ///
    /// let mut sched = Scheduler::new();
    /// sched.spawn(|| {
    ///     let desk = Semaphore::new(1).named("desk");
    ///     let permit = desk.acquire();
    ///     let _ = spawn(move || drop(desk.acquire())).join();
    ///     drop(permit);
    /// });
    /// let stuck = sched.run().unwrap_err();
    /// assert_eq!((stuck.cycles().len(), stuck.certain_cycles().len()), (1, 0));
    /// assert!(stuck.to_string().contains("likely cycle: task 1 waits for task 2"));
    /// ```
    #[must_use]
    pub fn certain_cycles(&self) -> Vec<Vec<Tid>> {
        let certain = self.cycles.iter().filter(|one| one.certain);
        certain.map(|one| one.tids.clone()).collect()
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
        for cycle in &self.cycles {
            let lead = match cycle.certain {
                true => "cycle: ",
                false => "likely cycle: ",
            };
            for (at, wait) in cycle.waits.iter().enumerate() {
                let lead = if at == 0 { lead } else { "" };
                let width = if cycle.certain { 7 } else { 14 };
                write!(out, "\n  {lead:width$}{wait}")?;
            }
        }
        Ok(())
    }
}

// The same text: it is what `main` prints of an error.
shown!(impl Debug for Stuck: self => "{self}");

impl std::error::Error for Stuck {}
