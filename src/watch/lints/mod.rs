//! Lints: what is wrong with how tasks behave, said only of tasks that did it.
//!
//! Each is a rule on the events alone, in a file of its own. One that cannot be sure says nothing.

mod finding;
mod growth;
mod inversion;
mod locks;
mod long_step;
mod never_joined;
mod never_yielded;
mod scene;
mod spinner;

use std::time::Duration;

pub use finding::{Finding, Lint};

use super::ledger::Ran;
use crate::kernel::{Event, Observer};
use crate::shown::shown;
use scene::Scene;

/// A thing to look for.
trait Rule {
    /// Sees an event; and what it tells of a task's time on a CPU, which the ledger has just entered.
    fn see(&mut self, event: &Event, ran: Option<&Ran>, scene: &mut Scene);

    /// The run has ended, or is stuck.
    fn pause(&mut self, scene: &mut Scene) {
        let _ = scene;
    }
}

/// Looks for what tasks do wrong: see [`Lint`]. An [`Observer`], and fed as well with the events of a
/// recording.
///
/// A finding is told at `warn` in the log when there is the first of its kind of a task; it is kept, and
/// counts those that follow. (That tasks which returned were never joined is told once for all of them, at
/// `info`, when the run ends: it may be meant so.) A thousand are kept at most. It prints as one finding a line.
///
/// ```
/// use std::{cell::RefCell, rc::Rc, time::Duration};
/// use coros::{Clock, Scheduler, sleep, sync::Mutex, watch::{Lint, Lints}};
///
/// let lints = Rc::new(RefCell::new(Lints::new()));
/// let builder = Scheduler::builder().clock(Clock::Virtual);
/// let mut sched = builder.observer(Rc::clone(&lints)).build();
/// sched.spawn(|| {
///     let accounts = Mutex::new(0).named("accounts");
///     let _guard = accounts.lock().unwrap();
///     sleep(Duration::from_secs(1)).unwrap();
/// });
/// sched.run().unwrap();
/// assert_eq!(lints.borrow().findings()[0].lint, Lint::SleptHoldingLock);
/// ```
pub struct Lints {
    rules: Vec<Box<dyn Rule>>,
    scene: Scene,
}

impl Lints {
    /// All lints, with their usual limits.
    #[must_use]
    pub fn new() -> Self {
        Self {
            rules: vec![
                Box::new(long_step::LongStep),
                Box::new(spinner::Spinner::default()),
                Box::new(never_yielded::NeverYielded::default()),
                Box::new(locks::Locks::default()),
                Box::new(inversion::Inversion::default()),
                Box::new(growth::Growth::default()),
                Box::new(never_joined::NeverJoined::default()),
            ],
            scene: Scene::default(),
        }
    }

    /// How long a turn may take; 50 ms unless it is said.
    #[must_use]
    pub fn longest_step(mut self, limit: Duration) -> Self {
        self.scene.limits.step = limit;
        self
    }

    /// How long a task may stay on a simulated CPU, while others are ready, if it has never made any
    /// call but `Compute`; a second unless it is said.
    #[must_use]
    pub fn longest_stay(mut self, limit: Duration) -> Self {
        self.scene.limits.stay = limit;
        self
    }

    /// How many calls in a row may be `Yield`, with nothing in between; fewer than 100 unless it is said.
    #[must_use]
    pub fn most_yields(mut self, limit: u64) -> Self {
        self.scene.limits.yields = limit.max(1);
        self
    }

    /// How long a task may run while the holder of a lock that a more urgent one waits for is ready;
    /// less than 1 ms unless it is said.
    #[must_use]
    pub fn longest_inversion(mut self, limit: Duration) -> Self {
        self.scene.limits.inversion = limit;
        self
    }

    /// How often a queue may be longer than ever, without being half as long in between; less than
    /// 1,000 times unless it is said. What happens in one turn counts once, until the run ends.
    #[must_use]
    pub fn most_growth(mut self, limit: u64) -> Self {
        self.scene.limits.growth = limit.max(1);
        self
    }

    /// What was found up to now, in that order.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.scene.findings
    }
}

impl Default for Lints {
    fn default() -> Self {
        Self::new()
    }
}

shown!(impl Debug for Lints: self => "Lints(findings: {})", self.findings().len());

impl std::fmt::Display for Lints {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.findings()
            .iter()
            .try_for_each(|finding| writeln!(out, "{finding}"))
    }
}

impl Observer for Lints {
    fn observe(&mut self, event: &Event) {
        let ran = self.scene.enter(event);
        for rule in &mut self.rules {
            rule.see(event, ran.as_ref(), &mut self.scene);
        }
    }

    fn pause(&mut self) {
        for rule in &mut self.rules {
            rule.pause(&mut self.scene);
        }
    }
}
