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
pub(crate) struct Countdown {
    left: Cell<u32>,
    aside: Cell<u32>,
}

impl Countdown {
    /// Lets the loop look at everything before its next turn.
    #[inline]
    pub(crate) fn ring(&self) {
        self.aside.set(self.turns_left());
        self.left.set(0);
    }

    /// Whether the loop is to look at everything now.
    #[inline(always)]
    pub(crate) fn is_due(&self) -> bool {
        self.left.get() == 0
    }

    /// Counts a turn.
    #[inline(always)]
    pub(crate) fn count(&self) {
        self.left.set(self.left.get().wrapping_sub(1));
    }

    /// Counts a turn, also where something has rung since the loop looked for the last time.
    pub(crate) fn count_though_due(&self) {
        match self.is_due() {
            true => self.aside.set(self.aside.get().saturating_sub(1)),
            false => self.count(),
        }
    }

    /// How many turns there may be before it is due by itself.
    pub(crate) fn turns_left(&self) -> u32 {
        self.left.get() + self.aside.get()
    }

    pub(crate) fn set(&self, turns: u32) {
        self.left.set(turns);
        self.aside.set(0);
    }
}

/// How many turns there are between two looks: fewer, while turns are long.
pub(crate) struct PollInterval {
    /// Turns between two looks.
    pub(crate) turns: u32,
    /// Turns up to the next look, from the first turn on.
    pub(crate) due: u64,
    /// When the last look was.
    looked: u64,
}

impl PollInterval {
    /// Nothing is known yet of how long turns take. In virtual time they take none.
    pub(crate) fn new(clock: Clock) -> Self {
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
    pub(crate) fn rested(&mut self, now: u64) {
        self.looked = now;
    }

    /// Learns from the time since the last look: fewer turns at once, and more by and by.
    pub(crate) fn learn(&mut self, now: u64) {
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
    pub(crate) fn forget(&mut self) {
        self.turns = (self.turns + 1).min(TURNS_PER_POLL);
    }
}
