//! Looking at all that the loop does not look at in every turn.

use super::core::{Core, NOBODY};

/// Turns between two looks at the clock while tasks are ready; a prime, so that it falls in step
/// with nothing. Ready tasks cannot starve sleepers and sockets, nor the reverse.
const TURNS_PER_POLL: u32 = 61;

impl Core {
    /// How many turns there were.
    pub(super) fn turns_so_far(&self) -> u64 {
        self.turns - u64::from(self.mail.turns_left())
    }

    /// Looks at all that is not looked at in every turn: posts, the clock.
    #[cold]
    #[inline(never)]
    pub(super) fn attend(&mut self) {
        self.serving = NOBODY;
        self.read_mail();
        let mut left = self.mail.turns_left();
        if left == 0 {
            left = TURNS_PER_POLL;
            self.turns += u64::from(left);
            self.poll();
            // What deadlines broke off may have left posts.
            self.read_mail();
        }
        self.mail.set_alarm(left);
    }

    /// What is done from here on is done from outside.
    pub(super) fn end_turns(&mut self) {
        self.serving = NOBODY;
        self.turned = None;
    }

    fn poll(&mut self) {
        // On simulated CPUs timers go off at their place in the order of a moment.
        if !self.timers.is_empty() && self.cpus.is_none() {
            self.clock.read();
            self.fire_due();
        }
        self.look_outside();
    }
}
