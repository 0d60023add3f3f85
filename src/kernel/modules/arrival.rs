//! Tasks that arrive later than they are born: until then they are held.

use std::cell::Cell;
use std::time::Duration;

use crate::devices::{Timer, nanoseconds};
use crate::kernel::abi::Tid;
use crate::kernel::core::{Core, hold};
use crate::kernel::parts::{Due, TaskSlot};
use crate::machine::{TaskRef, World};

/// When a task arrives, and the timer for that, while it has not.
pub(crate) struct Arrival {
    after: Duration,
    timer: Cell<Option<Timer>>,
}

impl Arrival {
    /// So long after the birth.
    pub(crate) fn after(after: Duration) -> Self {
        Self {
            after,
            timer: Cell::new(None),
        }
    }
}

impl TaskSlot for Arrival {
    fn born(&self, task: &TaskRef) -> bool {
        let Some(home) = task.facts().home() else {
            return false;
        };
        let now = home.clock().read();
        let deadline = now.saturating_add(nanoseconds(self.after));
        let due = Due::Run(arrive, Tid::of(task).slot(), 0);
        self.timer.set(Some(home.set_timer(deadline, due)));
        hold::hold_newborn(home, task);
        true
    }

    fn deadline(&self, task: &TaskRef) -> Option<u64> {
        task.facts().home()?.deadline(self.timer.get()?)
    }

    fn ended(&self, world: &mut World, _: &TaskRef) {
        if let Some(timer) = self.timer.take() {
            world.cancel_timer(timer);
        }
    }
}

/// A task's time has come. One that was stopped meanwhile goes on when it is told to.
fn arrive(core: &mut Core, slot: u32, _: u64) {
    let task = core.in_slot(slot);
    if let Some(arrival) = task.facts().slots.get::<Arrival>() {
        arrival.timer.take();
    }
    hold::arrive(core, &task);
}
