//! Statistics: what each task does now and did so far, as `ps` and `top` show it.

mod look;
mod row;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use look::{Look, Rate};
pub use row::{State, TaskStatistics};

use super::ledger::Ledger;
use crate::kernel::{Did, Event, Hold, Observer, Place, Step, Tid};
use crate::shown::shown;
use look::Mark;

/// How many tasks that have ended are kept, unless it is said.
const KEPT: usize = 1000;

/// Counts what each task does: turns, CPU time, waits, and on whom, locks held, depth of the stack. An
/// [`Observer`], and fed as well with the events of a recording. It prints as a table in 80 columns.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use coros::{Clock, Scheduler, Builder, watch::Statistics, yield_now};
///
/// let statistics = Rc::new(RefCell::new(Statistics::new()));
/// let builder = Scheduler::builder().clock(Clock::Virtual);
/// let mut sched = builder.observer(Rc::clone(&statistics)).build();
/// let worker = Builder::new().name("worker");
/// sched.spawn_with(worker, || (0..9).for_each(|_| yield_now())).unwrap();
/// sched.run().unwrap();
/// let busiest = statistics.borrow().by_runs().remove(0);
/// assert_eq!((&*busiest.name, busiest.runs), ("worker", 10));
/// ```
#[derive(Default)]
pub struct Statistics {
    ledger: Ledger,
    notes: BTreeMap<Tid, Notes>,
    keep: Option<usize>,
    forgotten: u64,
    marks: BTreeMap<Tid, Mark>,
    looked: Option<std::time::Duration>,
}

/// What is noted of a task beside its account.
#[derive(Clone, Default)]
struct Notes {
    runs: u64,
    wakes: u64,
    /// By the numbers of what it holds: its words, and how often.
    holds: BTreeMap<u64, (Arc<str>, u64)>,
    depth: usize,
    last: Option<Did>,
    place: Option<Place>,
    on: Option<String>,
    holders: Vec<Tid>,
}

impl Statistics {
    /// Statistics of what is observed from now on.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many tasks that have ended are kept, 1,000 unless it is said; those that ended before are
    /// only counted.
    #[must_use]
    pub fn keep(mut self, ended: usize) -> Self {
        self.keep = Some(ended);
        self
    }

    /// All tasks that are kept, in the order in which they were made.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskStatistics> {
        let now = self.ledger.now;
        let rows = self.ledger.accounts().map(|(tid, account)| {
            let notes = self.notes.get(&tid).cloned().unwrap_or_default();
            TaskStatistics::of(tid, account, notes, now)
        });
        rows.collect()
    }

    /// The same, the task with most CPU time first.
    #[must_use]
    pub fn by_time(&self) -> Vec<TaskStatistics> {
        let mut tasks = self.tasks();
        tasks.sort_by_key(|task| std::cmp::Reverse(task.cpu));
        tasks
    }

    /// The same, the task with most turns first.
    #[must_use]
    pub fn by_runs(&self) -> Vec<TaskStatistics> {
        let mut tasks = self.tasks();
        tasks.sort_by_key(|task| std::cmp::Reverse(task.runs));
        tasks
    }

    /// How many tasks have ended and are not kept.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Looks at what has changed since the look before.
    ///
    /// ```
    /// use std::{cell::RefCell, rc::Rc};
    /// use coros::{Scheduler, watch::Statistics, yield_now};
    ///
    /// let statistics = Rc::new(RefCell::new(Statistics::new()));
    /// let mut sched = Scheduler::builder().observer(Rc::clone(&statistics)).build();
    /// sched.spawn(|| loop { yield_now() });
    /// for turns in [5, 7] {
    ///     (0..turns).for_each(|_| _ = sched.step());
    ///     let look = statistics.borrow_mut().look();
    ///     assert_eq!(look.tasks[0].1.runs, turns);
    /// }
    /// ```
    pub fn look(&mut self) -> Look {
        let time = self.ledger.now;
        let before = self.looked.replace(time).or(self.ledger.began);
        let span = time.saturating_sub(before.unwrap_or(time));
        let rated = self.tasks().into_iter().map(|task| {
            let mark = self.marks.get(&task.tid).copied().unwrap_or_default();
            let rate = Rate::since(mark, &task, span);
            (task, rate)
        });
        let mut tasks: Vec<_> = rated.collect();
        tasks.retain(|(task, rate)| task.exit.is_none() || rate.runs > 0);
        tasks.sort_by_key(|(_, rate)| std::cmp::Reverse((rate.cpu, rate.runs)));
        let marks = tasks.iter().map(|(task, _)| (task.tid, Mark::of(task)));
        self.marks.extend(marks);
        Look {
            time,
            span,
            tasks,
            forgotten: self.forgotten,
        }
    }

    fn notes(&mut self, tid: Tid) -> &mut Notes {
        self.notes.entry(tid).or_default()
    }

    fn turn(&mut self, step: &Step) {
        let notes = self.notes(step.tid);
        notes.runs += 1;
        notes.depth = notes.depth.max(step.depth);
        notes.on.clone_from(&step.on);
        notes.holders.clone_from(&step.holders);
        if !matches!(step.did, Did::Ended(_)) {
            notes.last = Some(step.did.clone());
            notes.place.clone_from(&step.place);
        }
    }

    fn hold(&mut self, hold: &Hold) {
        if self.ledger.account(hold.tid).is_none() {
            return; // It has ended, and is forgotten.
        }
        let holds = &mut self.notes(hold.tid).holds;
        let what = || (Arc::clone(&hold.what), 0);
        let held = holds.entry(hold.id).or_insert_with(what);
        held.1 = match hold.taken {
            true => held.1 + 1,
            false => held.1.saturating_sub(1),
        };
        if held.1 == 0 {
            holds.remove(&hold.id);
        }
    }

    fn forget(&mut self) {
        let keep = self.keep.unwrap_or(KEPT).max(1);
        while let Some((tid, _)) = self.ledger.forget(keep) {
            self.notes.remove(&tid);
            self.marks.remove(&tid);
            self.forgotten += 1;
        }
    }
}

shown!(impl Debug for Statistics: self =>
    "Statistics(tasks: {}, forgotten: {})", self.ledger.accounts().count(), self.forgotten);

impl Observer for Statistics {
    fn observe(&mut self, event: &Event) {
        self.ledger.observe(event);
        match event {
            Event::Turn(step) => self.turn(step),
            Event::Wake(wake) => self.notes(wake.tid).wakes += 1,
            Event::Hold(hold) => self.hold(hold),
            Event::Birth(_) => self.forget(),
            _ => {}
        }
    }
}
