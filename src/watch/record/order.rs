//! The order that events keep: time does not go back, and turns count up.

use std::time::Duration;

use crate::kernel::Event;

/// How far a recording has come. The recorder refuses what breaks the order, as the reader does.
#[derive(Default)]
pub(super) struct Order {
    turn: u64,
    time: Duration,
}

impl Order {
    /// Goes on to the next event, unless it cannot come after those before.
    #[inline]
    pub(super) fn follow(&mut self, event: &Event) -> Result<(), String> {
        if let Event::Start(_) = event {
            *self = Self::default();
        }
        if let Event::Turn(step) = event {
            if step.turn <= self.turn {
                return Err(after("turn", step.turn, self.turn));
            }
            self.turn = step.turn;
        }
        match event.told_at() {
            Some(time) if time < self.time => Err(after("time", time, self.time)),
            Some(time) => {
                self.time = time;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The last turn; 0 if there was none.
    pub(super) fn turn(&self) -> u64 {
        self.turn
    }
}

#[cold]
fn after(what: &str, this: impl std::fmt::Debug, last: impl std::fmt::Debug) -> String {
    format!("{what} {this:?} cannot come after {what} {last:?}")
}
