//! When the loop looks at all that it does not look at in every turn: posts, the clock, the world outside.

use std::cell::Cell;

use crate::devices::Clock;

/// Turns between two looks at the clock while tasks are ready, at most; a prime, so that it falls in step
/// with nothing. Ready tasks cannot starve sleepers and sockets, nor the reverse.
const TURNS_PER_POLL: u32 = 61;

/// Time between two looks that turns are to keep to, in nanoseconds. One turn may take longer.
const TIME_PER_POLL: u64 = 500_000;

/// Counts the turns up to the next look. What cannot wait for that makes it due at once; what was left of
/// the count is put aside.
#[derive(Default)]
pub(in crate::kernel) struct Countdown {
    left: Cell<u32>,
    aside: Cell<u32>,
}

impl Countdown {
    /// Lets the loop look at everything before its next turn.
    #[inline]
    pub(in crate::kernel) fn ring(&self) {
        self.aside.set(self.turns_left());
        self.left.set(0);
    }

    /// Whether the loop is to look at everything now.
    #[inline(always)]
    pub(in crate::kernel) fn is_due(&self) -> bool {
        self.left.get() == 0
    }

    /// Counts a turn.
    #[inline(always)]
    pub(in crate::kernel) fn count(&self) {
        self.left.set(self.left.get().wrapping_sub(1));
    }

    /// Counts a turn, also where something has rung since the loop looked for the last time.
    pub(in crate::kernel) fn count_though_due(&self) {
        match self.is_due() {
            true => self.aside.set(self.aside.get().saturating_sub(1)),
            false => self.count(),
        }
    }

    /// How many turns there may be before it is due by itself.
    pub(in crate::kernel) fn turns_left(&self) -> u32 {
        self.left.get() + self.aside.get()
    }

    pub(in crate::kernel) fn set(&self, turns: u32) {
        self.left.set(turns);
        self.aside.set(0);
    }
}

/// How many turns there are between two looks: fewer, while turns are long.
pub(in crate::kernel) struct PollInterval {
    /// Turns between two looks.
    pub(in crate::kernel) turns: u32,
    /// Turns up to the next look, from the first turn on.
    pub(in crate::kernel) due: u64,
    /// When the last look was.
    looked: u64,
}

impl PollInterval {
    /// Nothing is known yet of how long turns take. In virtual time they take none.
    pub(in crate::kernel) fn new(clock: Clock) -> Self {
        let turns = match clock {
            Clock::Virtual => TURNS_PER_POLL,
            _ => 1,
        };
        Self {
            turns,
            due: 0,
            looked: 0,
        }
    }

    /// Notes that no task had a turn up to now: the time since the last look tells nothing.
    pub(in crate::kernel) fn rested(&mut self, now: u64) {
        self.looked = now;
    }

    /// Learns from the time since the last look: fewer turns at once, and more by and by.
    pub(in crate::kernel) fn learn(&mut self, now: u64) {
        let gap = now.saturating_sub(self.looked);
        self.looked = now;
        if gap > TIME_PER_POLL {
            let fitting = u64::from(self.turns) * TIME_PER_POLL / gap;
            self.turns = u32::try_from(fitting).unwrap_or(TURNS_PER_POLL).max(1);
        } else if gap < TIME_PER_POLL / 2 {
            self.turns = (self.turns * 2).min(TURNS_PER_POLL);
        }
    }

    /// No task waits, so the clock was not looked at: how long turns take is forgotten bit by bit.
    pub(in crate::kernel) fn forget(&mut self) {
        self.turns = (self.turns + 1).min(TURNS_PER_POLL);
    }
}
