//! What running tasks are charged.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::devices::nanoseconds;
use crate::kernel::{SchedParams, Tid};

/// What a turn is charged at least. In virtual time calls take none, and tasks that only make calls
/// would run for ever before others without paying for it.
pub(super) const LEAST: Duration = Duration::from_micros(1);

/// How much of what the running tasks have used they were charged for already.
#[derive(Default)]
pub(super) struct Meter(BTreeMap<Tid, Duration>);

impl Meter {
    /// What a running task has used since it was last looked at.
    pub(super) fn look(&mut self, task: Tid, used: Duration) -> Duration {
        let charged = self.0.entry(task).or_default();
        let more = used.saturating_sub(*charged);
        *charged += more;
        more
    }

    /// What is left to be charged for a stay that is over.
    pub(super) fn close(&mut self, task: Tid, used: Duration) -> Duration {
        self.settle(task, used.max(LEAST))
    }

    /// The same, where a turn that took no time is charged nothing.
    pub(super) fn settle(&mut self, task: Tid, used: Duration) -> Duration {
        let charged = self.0.remove(&task).unwrap_or_default();
        used.saturating_sub(charged)
    }
}

/// The virtual time that passes for a task of this weight while it uses this much CPU time: the heavier,
/// the less. A nanosecond of a task of weight 1 is 2^30, since sums of rounded shares must not drift.
pub(super) fn virtual_time(used: Duration, weight: u64) -> i128 {
    (i128::from(nanoseconds(used)) << 30) / i128::from(weight.max(1))
}

/// A virtual time, as a task sees it that claims no weight.
pub(super) fn readable(time: i128) -> Duration {
    let nanos = time / (1 << 30) * i128::from(SchedParams::WEIGHT);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}

/// How many picks a ready task may have to wait where shares go by weight: a task of weight 1 sees all
/// the others' shares first, and a share of one slice may be used up in turns of the least charge.
pub(super) fn weighted_patience(weights: u64, slice: Duration) -> u64 {
    let turns = nanoseconds(slice) / nanoseconds(LEAST);
    turns.max(64).saturating_mul(weights).max(100_000)
}
