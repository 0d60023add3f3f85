//! Asking for CPU time: simulated in virtual time, burnt in real time.

use std::time::Duration;

use super::read::start;
use super::{find, of};
use crate::devices::nanoseconds;
use crate::kernel::abi::Tid;
use crate::kernel::core::interrupt::pending;
use crate::kernel::core::{Core, Kernel, hold};
use crate::kernel::parts::{Change, State};
use crate::machine::TaskRef;

/// What a task burns at a time in real time, unless its slice is shorter.
const BURN: Duration = Duration::from_millis(1);

/// Lets the caller have CPU time, and takes off `left` what it has got; says whether that is all it
/// asked for. If not, it is served again when it has got more.
///
/// # Panics
///
/// In a branch of a select: a select waits, and uses no CPU meanwhile.
pub(crate) fn compute(kernel: &mut Kernel<'_>, caller: Tid, left: &mut Duration) -> bool {
    assert!(
        kernel.served_branch().is_none(),
        "Compute cannot be a branch of a select: it does not wait, it uses a CPU"
    );
    let task = kernel.served(caller);
    if !left.is_zero() && std::thread::panicking() {
        return false; // It unwinds, and goes on at once: it is not to be on a CPU then, or ready.
    }
    let core = kernel.core();
    let has_all = match core.clock().is_virtual() {
        true => simulate(core, caller, left),
        false => burn(core, task, left),
    };
    if !has_all {
        core.note(|| Change::Computes);
    }
    has_all
}

fn simulate(core: &mut Core, caller: Tid, left: &mut Duration) -> bool {
    start(core);
    let cpus = of(core);
    let got = cpus.credit.remove(&caller).unwrap_or(0);
    // What cannot be counted is no task's to compute: time would never come to its end.
    let more = nanoseconds(*left).saturating_sub(got);
    *left = Duration::from_nanos(more);
    if more == 0 {
        return true;
    }
    cpus.asked = Some((caller, more));
    false
}

/// Burns a slice of real time.
fn burn(core: &mut Core, task: &TaskRef, left: &mut Duration) -> bool {
    let caller = Tid::of(task);
    if pending(task).is_some() {
        return false; // As a task that waits, not one that is ready, it is broken off next.
    }
    let now = core.clock().read();
    let until = find(core).and_then(|cpus| cpus.run_of(caller)?.until);
    let slice = until.map_or(BURN, |until| {
        Duration::from_nanos(until.saturating_sub(now))
    });
    let burnt = core.clock().burn((*left).min(slice).min(BURN));
    *left = left.saturating_sub(burnt);
    if let Some(cpus) = core.module_mut::<super::Cpus>() {
        cpus.burning = (!left.is_zero()).then_some(caller);
    }
    if left.is_zero() {
        return true;
    }
    hold::serve_later(core, task);
    false
}

/// The caller gives up computing.
pub(crate) fn stop_computing(kernel: &mut Kernel<'_>, caller: Tid) {
    let core = kernel.core();
    let task = core.find(caller);
    let Some(cpus) = core.module_mut::<super::Cpus>() else {
        return;
    };
    cpus.burning.take_if(|burning| *burning == caller);
    cpus.asked.take_if(|asked| asked.0 == caller);
    let is_killed = |task: TaskRef| State::of(&task) == State::Dying;
    if !task.is_some_and(is_killed) {
        cpus.credit.remove(&caller);
    }
}
