//! When waits end by themselves.

use super::shared::Shared;
use crate::machine::TaskRef;

/// When the wait that a task is in ends by itself, if it has a deadline.
pub(crate) fn end_of_wait(home: &Shared, task: &TaskRef) -> Option<u64> {
    let mut earliest = u64::MAX;
    task.each_wait(|wait| {
        let deadline = wait
            .timer
            .get()
            .and_then(|timer| home.timers.deadline(timer));
        earliest = earliest.min(deadline.unwrap_or(u64::MAX));
    });
    let of_modules = task.facts().slots.all();
    let of_modules = of_modules.filter_map(|slot| slot.deadline(task)).min();
    let earliest = earliest.min(of_modules.unwrap_or(u64::MAX));
    (earliest < u64::MAX).then_some(earliest)
}
