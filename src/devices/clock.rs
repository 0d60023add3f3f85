//! Time: the machine's, or one that jumps.

use std::time::{Duration, Instant};

/// Which time a scheduler lives in.
///
/// ```
/// use std::time::{Duration, Instant};
/// use coros::{Clock, Scheduler, call, syscall::Sleep};
///
/// let century = Duration::from_secs(100 * 365 * 24 * 3600);
/// let started = Instant::now();
/// let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
/// sched.spawn(move || call(Sleep(century)).unwrap());
/// sched.run().unwrap();
/// assert!(started.elapsed() < Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Clock {
    /// The machine's monotonic clock; when nothing is ready, the thread sleeps.
    #[default]
    Real,
    /// A clock that stands still while any task is ready and jumps to the next deadline when none
    /// is: a program that sleeps a hundred years ends in a millisecond, the same way each time.
    Virtual,
}

/// A running clock; counts nanoseconds since the scheduler was made.
pub(crate) struct Ticker {
    kind: Clock,
    origin: Instant,
    /// What the last reading said. In virtual time, the time.
    seen: u64,
}

impl Ticker {
    pub(crate) fn new(kind: Clock) -> Self {
        Self {
            kind,
            origin: Instant::now(),
            seen: 0,
        }
    }

    /// Reads the clock. In real time this costs 20 to 40 ns: not something for every turn.
    pub(crate) fn read(&mut self) -> u64 {
        if self.kind == Clock::Real {
            self.seen = nanoseconds(self.origin.elapsed());
        }
        self.seen
    }

    /// The last reading, for free; may be a few dozen turns old in real time.
    pub(crate) fn seen(&self) -> u64 {
        self.seen
    }

    /// Lets the time come to `deadline`, by sleeping or by jumping.
    pub(crate) fn wait_until(&mut self, deadline: u64) {
        let now = self.read();
        match self.kind {
            Clock::Real => std::thread::sleep(Duration::from_nanos(deadline.saturating_sub(now))),
            Clock::Virtual => self.seen = now.max(deadline),
        }
    }

    /// The moment as the standard library writes it.
    pub(crate) fn instant(&self, time: u64) -> Instant {
        self.origin + Duration::from_nanos(time)
    }

    /// The moment as this clock counts it; 0 for one before the scheduler was made.
    pub(crate) fn time(&self, instant: Instant) -> u64 {
        nanoseconds(instant.saturating_duration_since(self.origin))
    }
}

/// A duration in nanoseconds; past five centuries, the most that can be counted.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
