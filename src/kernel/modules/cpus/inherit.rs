//! Which task waits for what others hold: so that a policy can let holders inherit.

use super::of;
use super::policy::ask;
use crate::kernel::abi::{Holding, Tid};
use crate::kernel::core::Core;
use crate::kernel::parts::{State, WaitedFor, holders_of};
use crate::machine::WaitNode;

/// Notes that a task may wait for what another holds, if the policy wants to know.
pub(super) fn note_waiter(core: &mut Core, tid: Tid) {
    if ask(core, |policy| policy.inherits()) == Some(true) {
        of(core).waiters.insert(tid);
    }
}

/// Tells the policy which task waits for which, if that has changed.
pub(super) fn tell(core: &mut Core) {
    let cpus = of(core);
    if cpus.waiters.is_empty() && cpus.inheritance.is_empty() {
        return;
    }
    let mut waiters = std::mem::take(&mut cpus.waiters);
    let mut pairs = Vec::new();
    waiters.retain(|&waiter| add_holders(core, waiter, &mut pairs));
    let cpus = of(core);
    cpus.waiters = waiters;
    if cpus.inheritance != pairs {
        cpus.inheritance.clone_from(&pairs);
        ask(core, |policy| policy.inherit(&pairs));
    }
}

/// Adds the tasks for which a task waits; says whether there may be any as long as it waits: one that only
/// sleeps has to have a turn first.
fn add_holders(core: &Core, waiter: Tid, pairs: &mut Vec<(Tid, Tid)>) -> bool {
    let task = core.find(waiter);
    let Some(task) = task.filter(|task| State::of(task) == State::Waiting) else {
        return false;
    };
    let mut is_parked = false;
    task.each_wait(|wait| {
        is_parked |= wait.is_parked();
        if !is_guess(wait) {
            let holders = holders_of(wait).into_iter();
            pairs.extend(holders.map(|holder| (waiter, holder)));
        }
    });
    is_parked
}

/// Whether the holders of what is waited for are a guess.
fn is_guess(wait: &WaitNode) -> bool {
    matches!(WaitedFor::at(wait), WaitedFor::List(list) if list.holding.get() == Holding::Unknown)
}
