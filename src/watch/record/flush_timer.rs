//! When what is collected is handed on: about ten times a second, by the machine's clock.

use std::time::{Duration, Instant};

/// How long an event is kept back at most, as long as others follow it.
const PERIOD: Duration = Duration::from_millis(100);

/// Events between two looks at the clock, at most: to look takes as long as a fifth of an event.
const MOST_EVENTS: u32 = 16;

/// Counts events, and looks at the clock after some of them: after each where they are rare.
pub(super) struct FlushTimer {
    /// Events up to the next look.
    left: u32,
    /// Events between two looks.
    every: u32,
    looked: Instant,
    /// When it was time last.
    flushed: Instant,
}

impl FlushTimer {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            left: 1,
            every: 1,
            looked: now,
            flushed: now,
        }
    }

    /// Counts an event; says whether it is time.
    #[inline]
    pub(super) fn count(&mut self) -> bool {
        self.left -= 1;
        self.left == 0 && self.look()
    }

    #[cold]
    fn look(&mut self) -> bool {
        let now = Instant::now();
        let gap = now - self.looked;
        self.looked = now;
        // Fewer at once, and more by and by.
        if gap > PERIOD / 10 {
            self.every = 1;
        } else if gap < PERIOD / 20 {
            self.every = (self.every * 2).min(MOST_EVENTS);
        }
        self.left = self.every;
        let is_time = now - self.flushed >= PERIOD;
        if is_time {
            self.flushed = now;
        }
        is_time
    }
}
