//! Time: the machine's, or one that jumps.

use std::cell::Cell;
use std::fmt;
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
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[non_exhaustive]
pub enum Clock {
    /// The machine's monotonic clock; when nothing is ready, the thread sleeps.
    #[default]
    Real,
    /// A clock that stands still while any task is ready and jumps to the next deadline when none
    /// is: a program that sleeps a hundred years ends in a millisecond, the same way each time.
    ///
    /// It stands still, too, while other threads do what was [offloaded](crate::offload()), file operations
    /// and look-ups of names among it. The results come in the order in which they were asked for, however
    /// long each takes: see [`Offload`](crate::offload::Offload#in-virtual-time). What threads do beside
    /// that has no such order: what comes through an [`smp`](crate::smp) channel, a
    /// [`Remote`](crate::smp::Remote), a waker or a socket comes when it is there.
    Virtual,
    /// The machine's clock, so many times as fast: 0.1 is slow motion for a class, 60 makes a minute of
    /// a second. What is not a positive number counts as 1; at least a millionth, at most a million.
    Scaled(f64),
}

impl Clock {
    /// How fast it goes against the machine's.
    fn rate(self) -> f64 {
        match self {
            Self::Scaled(rate) if rate > 0.0 => rate.clamp(1e-6, 1e6),
            _ => 1.0,
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real => out.write_str("real"),
            Self::Virtual => out.write_str("virtual"),
            Self::Scaled(_) => write!(out, "scaled by {}", self.rate()),
        }
    }
}

/// A running clock; counts nanoseconds since the scheduler was made.
pub(crate) struct Ticker {
    kind: Clock,
    origin: Instant,
    /// What the last reading said. In virtual time, the time.
    seen: Cell<u64>,
}

impl Ticker {
    pub(crate) fn new(kind: Clock) -> Self {
        Self {
            kind,
            origin: Instant::now(),
            seen: Cell::new(0),
        }
    }

    pub(crate) fn kind(&self) -> Clock {
        self.kind
    }

    pub(crate) fn is_virtual(&self) -> bool {
        self.kind == Clock::Virtual
    }

    /// Reads the clock. In real time this costs 20 to 40 ns: not something for every turn.
    pub(crate) fn read(&self) -> u64 {
        match self.kind {
            Clock::Virtual => {}
            Clock::Real => self.seen.set(nanoseconds(self.origin.elapsed())),
            Clock::Scaled(_) => {
                let elapsed = nanoseconds(self.origin.elapsed()) as f64;
                self.seen.set((elapsed * self.kind.rate()) as u64);
            }
        }
        self.seen.get()
    }

    /// The last reading, for free; may be a few dozen turns old in real time.
    #[inline(always)]
    pub(crate) fn seen(&self) -> u64 {
        self.seen.get()
    }

    /// Lets the time come to `deadline`, by sleeping or by jumping.
    pub(crate) fn wait_until(&self, deadline: u64) {
        let now = self.read();
        match self.kind {
            Clock::Virtual => self.seen.set(now.max(deadline)),
            _ => std::thread::sleep(self.time_until(deadline)),
        }
        self.read();
    }

    /// How long it takes, by the machine's clock, until `deadline`.
    pub(crate) fn time_until(&self, deadline: u64) -> Duration {
        let now = self.read();
        self.on_the_machine(deadline.saturating_sub(now))
    }

    /// Uses up CPU time until so much time has passed; says how much did. In virtual time it jumps.
    pub(crate) fn burn(&self, time: Duration) -> Duration {
        let began = self.read();
        let until = began.saturating_add(nanoseconds(time));
        if self.is_virtual() {
            self.seen.set(until);
        }
        while self.read() < until {
            std::hint::spin_loop();
        }
        Duration::from_nanos(self.seen() - began)
    }

    /// How long the machine's clock takes for so many of our nanoseconds.
    fn on_the_machine(&self, time: u64) -> Duration {
        match self.kind {
            Clock::Scaled(_) => Duration::try_from_secs_f64(time as f64 / self.kind.rate() / 1e9)
                .unwrap_or(Duration::MAX),
            _ => Duration::from_nanos(time),
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
