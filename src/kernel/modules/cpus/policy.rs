//! The policy in force: asked with care, since it is foreign code, and dropped if it errs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Cpus, find, of};
use crate::kernel::abi::events::{Dropped, Event};
use crate::kernel::abi::{Policy, Tid, exit_of};
use crate::kernel::core::Core;
use crate::kernel::parts::{Change, catch_user_panic, log_error, target};

/// The policy, and how long it has passed a task over.
pub(super) struct PolicyGuard {
    pub(super) policy: Box<dyn Policy>,
    /// The task that has been ready longest, and how many picks passed it over.
    pub(super) oldest: Option<Tid>,
    pub(super) passed_over: u64,
}

impl PolicyGuard {
    pub(super) fn of(policy: Box<dyn Policy>) -> Self {
        Self {
            policy,
            oldest: None,
            passed_over: 0,
        }
    }
}

/// The name of the policy in force, if there is one.
pub(crate) fn name(core: &Core) -> Option<Arc<str>> {
    let guard = find(core)?.guard.as_ref()?;
    let name = catch_user_panic(|| guard.policy.name());
    Some(name.map_or_else(|| "unnamed".into(), |name| name.as_ref().into()))
}

/// Asks the policy, if there is one; one that panics is dropped.
pub(super) fn ask<R>(core: &mut Core, ask: impl FnOnce(&mut dyn Policy) -> R) -> Option<R> {
    let guard = core.module_mut::<Cpus>()?.guard.as_mut()?;
    match catch_unwind(AssertUnwindSafe(|| ask(&mut *guard.policy))) {
        Ok(said) => Some(said),
        Err(payload) => {
            let exit = exit_of(Some(&payload));
            // Dropping it might panic again.
            std::mem::forget(payload);
            drop_policy(core, &exit.to_string());
            None
        }
    }
}

/// From now on first in, first out.
pub(super) fn drop_policy(core: &mut Core, reason: &str) {
    let Some(name) = name(core) else { return };
    replace(core, None);
    core.report().policies_dropped += 1;
    log_error(
        target::POLICY,
        format_args!(
            "the policy {name} is thrown out: it {reason}; from now on first in, first out"
        ),
    );
    if core.is_observed() {
        let event = Event::Dropped(Dropped {
            time: core.moment(),
            policy: name,
            reason: reason.into(),
        });
        core.read_change(&Change::Told(Box::new(event)));
    }
}

/// Puts a policy in place of the one before, which may panic as it is dropped. Which task waits for which
/// is to be told anew.
pub(super) fn replace(core: &mut Core, guard: Option<PolicyGuard>) {
    let cpus = of(core);
    cpus.waiters.clear();
    cpus.inheritance.clear();
    let before = std::mem::replace(&mut cpus.guard, guard);
    catch_user_panic(|| drop(before));
}

/// The keys of a task, in the policy's words.
pub(super) fn explain(core: &mut Core, tid: Tid) -> String {
    ask(core, |policy| policy.explain(tid)).unwrap_or_default()
}
