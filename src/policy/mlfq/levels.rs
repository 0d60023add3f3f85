//! The queues, who stands where in them, and what each task has left.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::kernel::{Running, Tid};
use crate::policy::meter::{LEAST, Meter};

/// Where a task stands: the level, 0 the top, and the place in its queue.
pub(super) type Standing = (usize, u64);

/// A task in the queues.
#[derive(Clone, Copy)]
pub(super) struct Job {
    pub(super) standing: Standing,
    /// What is left of its quantum.
    pub(super) quantum: Duration,
    /// What is left of its allotment.
    pub(super) allotment: Duration,
    /// The boosts that it has seen.
    boosts: u64,
    /// Whether it keeps its standing if it goes on.
    pub(super) keeps: bool,
    /// Its turns that took no time, and were not charged yet.
    free_turns: u32,
}

/// After so many turns that took no time a task is charged a microsecond for each: tasks that only make
/// calls would else run for ever before others. All at once, so that the quanta of ordinary tasks stay round.
pub(super) const FREE_TURNS: u32 = 1000;

impl Job {
    /// What it has to pay for a stay on a CPU.
    pub(super) fn price(&mut self, used: Duration) -> Duration {
        if !used.is_zero() {
            return used;
        }
        self.free_turns += 1;
        if self.free_turns < FREE_TURNS {
            return used;
        }
        self.free_turns = 0;
        LEAST * FREE_TURNS
    }

    /// The longest slice that it may have.
    pub(super) fn slice(&self) -> Duration {
        self.quantum.min(self.allotment)
    }
}

/// All queues.
#[derive(Default)]
pub(super) struct Levels {
    pub(super) count: usize,
    pub(super) quantum: Duration,
    pub(super) allotment: Option<Duration>,
    pub(super) jobs: BTreeMap<Tid, Job>,
    pub(super) ready: BTreeMap<Standing, Tid>,
    pub(super) meter: Meter,
    last_place: u64,
    boosts: u64,
}

impl Levels {
    pub(super) fn new(count: usize, quantum: Duration) -> Self {
        Self {
            count,
            quantum,
            ..Self::default()
        }
    }

    /// A job at the top, with everything new; it stands nowhere yet.
    fn fresh(&self) -> Job {
        Job {
            standing: (0, 0),
            quantum: self.quantum,
            allotment: self.allotment.unwrap_or(self.quantum),
            boosts: self.boosts,
            keeps: false,
            free_turns: 0,
        }
    }

    /// The job of a task. A boost comes to those that wait, and to those that stand in the top queue
    /// anyhow, when they are looked at: so it takes no longer than what went down since the last one.
    pub(super) fn job(&self, task: Tid) -> Job {
        match self.jobs.get(&task) {
            Some(job) if job.boosts == self.boosts => *job,
            Some(job) => Job {
                standing: (0, job.standing.1),
                ..self.fresh()
            },
            None => self.fresh(),
        }
    }

    pub(super) fn tail(&mut self) -> u64 {
        self.last_place += 1;
        self.last_place
    }

    /// Gives a job a new quantum and a new allotment.
    fn renew(&self, job: &mut Job) {
        let Job {
            quantum, allotment, ..
        } = self.fresh();
        (job.quantum, job.allotment) = (quantum, allotment);
    }

    /// Takes off what a job has used; says whether its turn in the queue is over.
    pub(super) fn charge(&self, job: &mut Job, used: Duration) -> bool {
        job.quantum = job.quantum.saturating_sub(used);
        job.allotment = job.allotment.saturating_sub(used);
        if job.allotment.is_zero() {
            job.standing.0 = (job.standing.0 + 1).min(self.count - 1);
            self.renew(job);
            return true;
        }
        if job.quantum.is_zero() {
            job.quantum = self.quantum;
            return true;
        }
        false
    }

    /// Renews what a job has that waits, whose slice counts nevertheless if it has used it up.
    pub(super) fn renew_for_wait(&self, job: &mut Job, used: Duration) {
        let slice_is_over = used >= job.slice();
        self.renew(job);
        if slice_is_over {
            self.charge(job, self.quantum);
        }
    }

    /// Puts all tasks into the top queue, the lowest first, and renews what they have.
    pub(super) fn boost(&mut self, running: &[Running]) {
        let mut below: Vec<_> = self.ready.split_off(&(1, 0)).into_iter().collect();
        let mut on_cpus = BTreeSet::new();
        for on in running {
            // What was used up to now is forgiven.
            self.meter.look(on.task, on.used);
            on_cpus.insert(on.task);
            below.push((self.job(on.task).standing, on.task));
        }
        below.sort_unstable_by_key(|((level, place), _)| (Reverse(*level), *place));
        self.boosts += 1;
        for ((level, place), task) in below {
            let place = if level == 0 { place } else { self.tail() };
            let standing = (0, place);
            let job = Job {
                standing,
                ..self.fresh()
            };
            self.jobs.insert(task, job);
            if !on_cpus.contains(&task) {
                self.ready.insert(standing, task);
            }
        }
    }
}
