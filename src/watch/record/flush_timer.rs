//! When what is collected is handed on: about ten times a second, by the machine's clock.

use std::time::Duration;

use crate::machine::coarse_now;

/// How long an event is kept back at most, as long as others follow it.
const PERIOD: Duration = Duration::from_millis(100);

/// Looks at the clock after each event: no event can tell how long the next one takes to come.
pub(super) struct FlushTimer {
    /// When it was time last.
    flushed: Duration,
}

impl FlushTimer {
    pub(super) fn new() -> Self {
        Self {
            flushed: coarse_now(),
        }
    }

    /// Says whether it is time.
    #[inline]
    pub(super) fn is_due(&mut self) -> bool {
        let now = coarse_now();
        let is_due = now.saturating_sub(self.flushed) >= PERIOD;
        if is_due {
            self.flushed = now;
        }
        is_due
    }
}
