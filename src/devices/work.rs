//! Work that other threads do for a scheduler, and the order in which it gets the results.
//!
//! ```text
//!   Begun ──▶ Ended ──▶ Given      a result is given when all were that were asked for before,
//!     └──▶ Late ──▶ Ended          but for those that are late
//! ```

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long a result is kept back for the sake of the order, by the machine's clock.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How often a loop whose tasks never rest looks for results before it waits for one all the same.
const LOOKS: u32 = 1 << 12;

/// Names a piece of work. One that was asked for later is greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct WorkId(u64);

/// The work that goes on for a scheduler, each piece with the task that waits for it.
pub(crate) struct WorkList<T> {
    last: WorkId,
    all: BTreeMap<WorkId, (T, Stage)>,
    /// How many have Ended.
    ended: usize,
    /// Since when the next is waited for, while one that has Ended is kept back, or tasks that never rest are.
    held: Option<Instant>,
    /// How often tasks that never rest were let go on, while there was a result to wait for.
    looks: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// It goes on, and results that were asked for later are kept back.
    Begun,
    /// It goes on, and nothing is kept back for it any more.
    Late,
    /// Its result is there.
    Ended,
    /// The task may take the result.
    Given,
}

/// What is to be done about the result that comes next.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Next<T> {
    /// It is this task's, and was given just now.
    Given(T),
    /// It was this task's, and has been waited for too long: another comes next.
    Late(T),
    /// It is to be waited for, at most for so long.
    Awaited(Option<Duration>),
}

impl<T: Copy> WorkList<T> {
    pub(crate) fn new() -> Self {
        Self {
            last: WorkId(0),
            all: BTreeMap::new(),
            ended: 0,
            held: None,
            looks: 0,
        }
    }

    /// Whether all results were given.
    pub(crate) fn is_over(&self) -> bool {
        let mut all = self.all.values();
        all.all(|(_, stage)| *stage == Stage::Given)
    }

    /// Notes work that is asked for.
    pub(crate) fn begin(&mut self, waiter: T) -> WorkId {
        if self.is_over() {
            self.rested();
        }
        self.last.0 += 1;
        self.all.insert(self.last, (waiter, Stage::Begun));
        self.last
    }

    /// Notes that the result is there; it is given when it comes next.
    pub(crate) fn end(&mut self, id: WorkId) {
        if let Some((_, stage)) = self.all.get_mut(&id) {
            *stage = Stage::Ended;
            self.ended += 1;
        }
    }

    /// Gives a result out of its turn; says to whom.
    pub(crate) fn give(&mut self, id: WorkId) -> Option<T> {
        let (waiter, stage) = self.all.get_mut(&id)?;
        *stage = Stage::Given;
        Some(*waiter)
    }

    /// Whether the result may be taken.
    pub(crate) fn is_given(&self, id: WorkId) -> bool {
        matches!(self.all.get(&id), Some((_, Stage::Given)))
    }

    /// The result was taken, or is not wanted any more.
    pub(crate) fn forget(&mut self, id: WorkId) {
        if let Some((_, Stage::Ended)) = self.all.remove(&id) {
            self.ended -= 1;
        }
        self.drop_hold();
    }

    /// Gives the result that comes next, if it is there.
    pub(crate) fn next(&mut self, now: Instant) -> Next<T> {
        let Some((waiter, stage)) = self.find_next() else {
            return Next::Awaited(None);
        };
        let waiter = *waiter;
        if *stage == Stage::Ended {
            *stage = Stage::Given;
            self.ended -= 1;
            self.held = None;
            self.rested();
            return Next::Given(waiter);
        }
        if self.ended > 0 {
            self.held.get_or_insert(now);
        }
        match self.held.map(|since| PATIENCE.saturating_sub(now - since)) {
            Some(Duration::ZERO) => {
                self.overtake();
                Next::Late(waiter)
            }
            left => Next::Awaited(left),
        }
    }

    /// All tasks rest.
    pub(crate) fn rested(&mut self) {
        self.looks = 0;
    }

    /// Tasks are ready. Says whether they have not rested for so long that the next result is to be waited
    /// for all the same.
    pub(crate) fn holds_up(&mut self, now: Instant) -> bool {
        self.looks += u32::from(self.find_next().is_some());
        let is_long = self.looks >= LOOKS;
        if is_long {
            self.rested();
            self.held.get_or_insert(now);
        }
        is_long
    }

    fn find_next(&mut self) -> Option<&mut (T, Stage)> {
        let mut all = self.all.values_mut();
        all.find(|(_, stage)| matches!(stage, Stage::Begun | Stage::Ended))
    }

    /// Lets nothing be kept back any more for what goes on and comes next.
    fn overtake(&mut self) {
        for (_, stage) in self.all.values_mut() {
            match stage {
                Stage::Begun => *stage = Stage::Late,
                Stage::Ended => return,
                Stage::Late | Stage::Given => {}
            }
        }
        self.drop_hold();
    }

    fn drop_hold(&mut self) {
        if self.ended == 0 {
            self.held = None;
        }
    }
}

#[cfg(test)]
mod tests;
