//! How long tasks compute: as they claim, or as they did before.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::kernel::{OffCpu, SchedParams, Tid};

/// What is known of the bursts of all tasks.
pub struct Bursts {
    /// The guess at the first burst of a task that claims none.
    pub(super) first: Duration,
    tasks: BTreeMap<Tid, Known>,
}

/// What is known of a task.
#[derive(Clone, Copy)]
struct Known {
    /// The CPU time that it needs in all, if it says so.
    claimed: Option<Duration>,
    /// The CPU time that it has used in all.
    used: Duration,
    /// The guess at the burst that it is in: the mean of the guess before and of what came.
    guess: Duration,
    /// What it has used of this burst, which lasts until it waits.
    since: Duration,
}

impl Default for Bursts {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(10),
            tasks: BTreeMap::new(),
        }
    }
}

impl Bursts {
    fn new_one(&self) -> Known {
        Known {
            claimed: None,
            used: Duration::ZERO,
            guess: self.first,
            since: Duration::ZERO,
        }
    }

    pub(super) fn claim(&mut self, task: Tid, claim: &SchedParams) {
        let unknown = self.new_one();
        self.tasks.entry(task).or_insert(unknown).claimed = claim.burst;
    }

    pub(super) fn stopped(&mut self, task: Tid, why: OffCpu, used: Duration) {
        let Some(known) = self.tasks.get_mut(&task) else {
            return;
        };
        known.used = known.used.saturating_add(used);
        known.since = known.since.saturating_add(used);
        if why == OffCpu::Blocked {
            known.guess = known.guess.saturating_add(known.since) / 2;
            known.since = Duration::ZERO;
        }
    }

    pub(super) fn retire(&mut self, task: Tid) {
        self.tasks.remove(&task);
    }

    /// How long the task's burst is, from its beginning.
    pub(super) fn length(&self, task: Tid) -> Duration {
        let known = self.known(task);
        known.claimed.unwrap_or(known.guess)
    }

    /// What is left of the task's burst, once it has used this much since it was picked.
    pub(super) fn left(&self, task: Tid, used: Duration) -> Duration {
        let known = self.known(task);
        let left = match known.claimed {
            Some(claimed) => claimed.saturating_sub(known.used),
            None => known.guess.saturating_sub(known.since),
        };
        left.saturating_sub(used)
    }

    /// How sure that is, in a word to put before it.
    pub(super) fn surety(&self, task: Tid) -> &'static str {
        match self.known(task).claimed {
            Some(_) => "",
            None => "about ",
        }
    }

    fn known(&self, task: Tid) -> Known {
        let known = self.tasks.get(&task).copied();
        known.unwrap_or_else(|| self.new_one())
    }
}
