//! By lot.

use std::borrow::Cow;
use std::time::Duration;

use super::tickets::Tickets;
use crate::devices::Entropy;
use crate::kernel::{Pick, Policy, Runnable, Tid};

/// Any ready task, each as likely as the others: to find what depends on the order.
///
/// The seed decides; the same one gives the same run.
pub struct Random {
    quantum: Option<Duration>,
    entropy: Entropy,
    ready: Tickets,
}

impl Random {
    /// The policy; the task that is picked may run for as long as it likes.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            quantum: None,
            entropy: super::draws(seed),
            ready: Tickets::default(),
        }
    }

    /// Bounds the CPU time that a task may use before it has to queue again; less than a microsecond counts as one.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> Self {
        self.quantum = Some(super::positive(quantum));
        self
    }
}

impl Policy for Random {
    fn name(&self) -> Cow<'static, str> {
        "random".into()
    }

    fn enqueue(&mut self, task: Tid, _: Runnable, _: Duration) {
        self.ready.insert(task, 1);
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(task);
    }

    fn pick(&mut self, _: Duration) -> Option<Pick> {
        let ready = self.ready.total();
        if ready == 0 {
            return None;
        }
        let task = self.ready.take(self.entropy.next() % ready)?;
        let slice = self.quantum;
        Some(Pick { task, slice })
    }

    fn patience(&self) -> Option<u64> {
        None
    }
}
