//! A program that is run in virtual time, and what it noted down.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use coros::kernel::SchedulerBuilder;
use coros::syscall::Now;
use coros::watch::Metrics;
use coros::{Clock, Stuck, call};

/// What happened when, in seconds since the start.
#[derive(Clone)]
pub struct Diary {
    start: Instant,
    entries: Rc<RefCell<Vec<(&'static str, u64)>>>,
}

impl Diary {
    pub fn note(&self, what: &'static str) {
        let seconds = (call(Now) - self.start).as_secs();
        self.entries.borrow_mut().push((what, seconds));
    }

    /// Notes when a function begins and when it ends.
    pub fn time(&self, name: &'static str, function: impl FnOnce()) {
        self.note(name);
        function();
        self.note(name);
    }

    pub fn entries(&self) -> Vec<(&'static str, u64)> {
        self.entries.borrow().clone()
    }

    /// The seconds at which this was noted.
    pub fn times_of(&self, what: &str) -> Vec<u64> {
        let entries = self.entries.borrow();
        let those = entries.iter().filter(|entry| entry.0 == what);
        those.map(|entry| entry.1).collect()
    }
}

/// What came of a program.
pub struct Run {
    pub diary: Diary,
    /// When the program ended, which may be later than its main function.
    pub end: u64,
    /// For how long one task held the loop, so that no other could go on.
    pub held: u64,
}

/// Runs a program whose main function is this.
pub fn run(builder: SchedulerBuilder, main: impl FnOnce(&Diary) + 'static) -> Result<Run, Stuck> {
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let builder = builder.clock(Clock::Virtual).observer(Rc::clone(&metrics));
    let mut sched = builder.build();
    let diary = Diary {
        start: sched.now(),
        entries: Rc::default(),
    };
    let theirs = diary.clone();
    sched.spawn(move || main(&theirs));
    sched.run()?;
    let end = (sched.now() - diary.start).as_secs();
    let held = metrics.borrow().summary().totals.busy.as_secs();
    Ok(Run { diary, end, held })
}
