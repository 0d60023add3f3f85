//! Write a policy that likes short jobs, as SJF does, but starves none: highest response ratio next
//! (P. Brinch Hansen, 1971). Of the ready tasks it picks the one with the highest ratio of
//! (waited + burst) to burst; of equal ones, the one with the lowest number. `waited` counts from the
//! moment at which the task was enqueued. It never takes the CPU away.
//!
//! A task claims its burst with `SchedParams::burst`, and the policy is told of it by `Policy::admit`; a task
//! that claims none counts as one of 1 ms. `Policy` in `coros::kernel` says who is told what, and when.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use coros::Tid;
use coros::kernel::{Pick, Policy, Runnable, SchedParams};

/// Say `true` when you have written it: then `cargo test -p exercises chapter_05` grades it.
pub const DONE: bool = false;

pub fn highest_response_ratio_next() -> Box<dyn Policy> {
    Box::new(Ratio::default())
}

#[derive(Default)]
struct Ratio {
    /// Since when each ready task is ready.
    ready: BTreeMap<Tid, Duration>,
}

impl Policy for Ratio {
    fn name(&self) -> Cow<'static, str> {
        "ratio".into()
    }

    fn admit(&mut self, task: Tid, claim: &SchedParams, _now: Duration) {
        // So far it forgets what is claimed.
        let _ = (task, claim.burst);
    }

    fn enqueue(&mut self, task: Tid, _why: Runnable, now: Duration) {
        self.ready.insert(task, now);
    }

    fn dequeue(&mut self, task: Tid) {
        self.ready.remove(&task);
    }

    fn pick(&mut self, _now: Duration) -> Option<Pick> {
        // So far, the lowest number.
        let (task, _) = self.ready.pop_first()?;
        Some(Pick { task, slice: None })
    }
}
