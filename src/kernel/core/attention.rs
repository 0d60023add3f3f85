//! Looking at all that the loop does not look at in every turn.

use super::Core;
use super::shared::NOBODY;
use crate::devices::Clock;

/// Turns between two looks at the clock while tasks are ready, at most; a prime, so that it falls in step
/// with nothing. Ready tasks cannot starve sleepers and sockets, nor the reverse.
const TURNS_PER_POLL: u32 = 61;

/// Time between two looks that turns are to keep to, in nanoseconds. One turn may take longer.
const TIME_PER_POLL: u64 = 500_000;

/// How many turns there are between two looks: fewer, while turns are long.
pub(in crate::kernel) struct Pace {
    /// Turns between two looks.
    turns: u32,
    /// Turns up to the next look; the mailbox counts them down.
    due: u64,
    /// When the last look was.
    looked: u64,
}

impl Pace {
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

    /// Notes that nobody had a turn up to now: the time since the last look tells nothing.
    pub(in crate::kernel) fn rested(&mut self, now: u64) {
        self.looked = now;
    }

    /// Learns from the time since the last look: fewer turns at once, and more by and by.
    fn learn(&mut self, now: u64) {
        let gap = now.saturating_sub(self.looked);
        self.looked = now;
        if gap > TIME_PER_POLL {
            let fitting = u64::from(self.turns) * TIME_PER_POLL / gap;
            self.turns = u32::try_from(fitting).unwrap_or(TURNS_PER_POLL).max(1);
        } else if gap < TIME_PER_POLL / 2 {
            self.turns = (self.turns * 2).min(TURNS_PER_POLL);
        }
    }

    /// Nobody waits, so the clock was not looked at: how long turns take is forgotten bit by bit.
    fn forget(&mut self) {
        self.turns = (self.turns + 1).min(TURNS_PER_POLL);
    }
}

impl Core {
    /// How many turns there were.
    pub(in crate::kernel) fn turns_so_far(&self) -> u64 {
        self.pace.due - u64::from(self.mail.turns_left())
    }

    /// Looks at all that is not looked at in every turn: posts, the clock.
    #[cold]
    #[inline(never)]
    pub(in crate::kernel) fn attend(&mut self) {
        self.serving.set(NOBODY);
        self.read_mail();
        let mut left = self.mail.turns_left();
        if left == 0 {
            self.poll();
            // What deadlines broke off may have left posts.
            self.read_mail();
            left = self.pace.turns;
            self.pace.due += u64::from(left);
        }
        self.mail.set_alarm(left);
        self.read_journal();
    }

    /// What is done from here on is done from outside.
    pub(in crate::kernel) fn end_turns(&mut self) {
        self.serving.set(NOBODY);
        self.turned.set(None);
    }

    fn poll(&mut self) {
        // On simulated CPUs timers go off at their place in the order of a moment.
        let anybody = !self.timers.is_empty() || self.outside.is_some();
        if !anybody || self.cpus.is_some() {
            self.pace.forget();
        } else {
            let now = self.clock.read();
            self.pace.learn(now);
            self.fire_due();
        }
        self.look_outside();
    }
}
