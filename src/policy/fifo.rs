//! First in, first out.

use std::borrow::Cow;
use std::time::Duration;

use super::places::{Places, QueuePlace};
use super::ranks::Ranks;
use crate::kernel::{Pick, Policy, Runnable, Tid};

/// First in, first out, and for as long as the task likes: what a scheduler does without a policy.
#[derive(Default)]
pub struct Fifo {
    places: Places,
    ready: Ranks<QueuePlace>,
}

impl Fifo {
    /// The policy.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ready.len() == 0
    }
}

impl Policy for Fifo {
    fn name(&self) -> Cow<'static, str> {
        "fifo".into()
    }

    fn enqueue(&mut self, task: Tid, why: Runnable, now: Duration) {
        self.ready.insert(task, self.places.tail(why, now));
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        self.places.settle();
        let (_, task) = self.ready.take_first()?;
        Some(Pick { task, slice: None })
    }

    fn patience(&self) -> Option<u64> {
        // No task overtakes another but those that arrive or wake before the next pick.
        Some(100_000 + 4 * self.ready.len() as u64)
    }
}
