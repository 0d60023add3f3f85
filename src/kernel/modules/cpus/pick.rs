//! Picking: the policy says which task is next, and what it says is checked.

use std::rc::Rc;
use std::time::Duration;

use super::policy::{ask, drop_policy, explain};
use super::{find, inherit, of};
use crate::devices::nanoseconds;
use crate::kernel::abi::events::Candidate;
use crate::kernel::abi::{Pick, Tid};
use crate::kernel::core::Core;
use crate::kernel::parts::{State, candidates};
use crate::machine::TaskRef;

/// The tasks that could run now, with the keys by which the policy compares them, if turns are told of.
pub(super) fn explained(core: &mut Core) -> Vec<Candidate> {
    if !core.tells_turns() {
        return Vec::new();
    }
    let shared = Rc::clone(core.shared());
    let are_compared = find(core).is_some_and(|cpus| cpus.guard.is_some());
    candidates(shared.run_queue(), are_compared, |tid| explain(core, tid)).collect()
}

/// The next task, with the time until which it may stay: the policy's choice, or else the first.
pub(super) fn pick(core: &mut Core) -> Option<(TaskRef, Option<u64>)> {
    let oldest = Tid::of(&core.run_queue().first(1, u32::MAX).next()?);
    inherit::tell(core);
    let now = core.moment();
    if let Some(pick) = ask(core, |policy| policy.pick(now)) {
        match judge(core, pick, oldest) {
            Ok(picked) => return Some(picked),
            Err(reason) => drop_policy(core, &reason),
        }
    }
    core.take_first().map(|task| (task, None))
}

fn judge(
    core: &mut Core,
    pick: Option<Pick>,
    oldest: Tid,
) -> Result<(TaskRef, Option<u64>), String> {
    let ready = core.run_queue().len();
    let Pick { task, slice } =
        pick.ok_or_else(|| format!("picked no task, though {ready} are ready"))?;
    let context = core.find(task);
    let is_ready = |task: &TaskRef| matches!(State::of(task), State::Ready | State::Woken);
    let context = context
        .filter(is_ready)
        .ok_or_else(|| format!("picked task {task}, which is not ready"))?;
    if slice == Some(Duration::ZERO) {
        return Err(format!("picked task {task}, and gave it no time"));
    }
    check_patience(core, task, oldest)?;
    core.take_out(&context);
    let until = slice.map(|slice| {
        let slice = nanoseconds(slice);
        core.clock().seen().saturating_add(slice)
    });
    Ok((context, until))
}

/// Says so if the task that has been ready longest was passed over too often.
fn check_patience(core: &mut Core, picked: Tid, oldest: Tid) -> Result<(), String> {
    let Some(guard) = &mut of(core).guard else {
        return Ok(());
    };
    if picked == oldest || guard.oldest != Some(oldest) {
        guard.oldest = Some(oldest);
        guard.passed_over = 0;
        return Ok(());
    }
    guard.passed_over += 1;
    let times = guard.passed_over;
    match ask(core, |policy| policy.patience()).flatten() {
        Some(patience) if times > patience => Err(format!(
            "passed over task {oldest}, which is ready, {patience} times"
        )),
        _ => Ok(()),
    }
}
