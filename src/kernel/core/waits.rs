//! Waits: which tasks can end them, and when they end by themselves.

use super::shared::Shared;
use crate::kernel::abi::Tid;
use crate::kernel::parts::WaitedFor;
use crate::machine::{TaskRef, WaitNode};

/// The tasks that can end a wait, as far as is known: those that hold what is waited for.
pub(crate) fn holders_of(wait: &WaitNode) -> Vec<Tid> {
    match WaitedFor::at(wait) {
        WaitedFor::Nothing => Vec::new(),
        WaitedFor::List(list) => list.holders.all(),
        WaitedFor::ExitOf(target) => vec![Tid::of(&target)],
    }
}

/// The same of all waits that a task is in.
pub(crate) fn holders_of_waits(task: &TaskRef) -> Vec<Tid> {
    let mut holders = Vec::new();
    task.each_wait(|wait| holders.extend(holders_of(wait)));
    holders
}

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
