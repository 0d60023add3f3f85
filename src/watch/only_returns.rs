//! When a task's work is done: before a last turn in which it only returns.

use crate::kernel::OffCpu;

/// Whether a task that ends next has only returned: it has used its CPU, its call was answered at once, and
/// it queues for its next turn. If it ends there, and that takes no time, its work was done before.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct OnlyReturns(bool);

impl OnlyReturns {
    /// What it does next is work.
    pub(crate) fn forget(&mut self) {
        self.0 = false;
    }

    /// A stay on a CPU is over; says whether the task only returned in it.
    pub(crate) fn end_stay(&mut self, took_time: bool, why: OffCpu) -> bool {
        let only = self.0 && why == OffCpu::Ended && !took_time;
        self.0 = why == OffCpu::Answered && took_time;
        only
    }
}
