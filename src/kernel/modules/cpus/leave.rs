//! How tasks leave their CPUs.

use std::time::Duration;

use super::inherit::note_waiter;
use super::policy::ask;
use super::{Cpus, Doing, of};
use crate::kernel::abi::events::{Event, Slice};
use crate::kernel::abi::{OffCpu, Runnable, Tid};
use crate::kernel::core::{Core, hold};
use crate::kernel::parts::Change;
use crate::machine::TaskRef;

/// Takes a task off its CPU. What happened before was read from the journal.
pub(super) fn stop(core: &mut Core, cpu: usize, why: OffCpu) {
    let now = core.clock().seen();
    let cpus = of(core);
    let Some(run) = cpus.all[cpu].run.take() else {
        return;
    };
    let tid = run.tid();
    if let Doing::Computes { since, left } = run.doing {
        cpus.credit.insert(tid, now.saturating_sub(since).min(left));
    }
    cpus.all[cpu].last = Some(tid);
    let from = Duration::from_nanos(run.from.min(now));
    let time = Duration::from_nanos(now);
    if why == OffCpu::Blocked {
        note_waiter(core, tid);
    }
    let used = time - from;
    ask(core, |policy| policy.stopped(tid, why, used, time));
    if core.is_observed() {
        let slice = Slice {
            from,
            time,
            tid,
            cpu: cpu as u32,
            why,
        };
        core.read_change(&Change::Told(Box::new(Event::Slice(slice))));
    }
}

/// Takes a task that computes, or is being switched to, off its CPU, into the run queue.
pub(super) fn send_back(core: &mut Core, cpu: usize, stopped: OffCpu, why: Runnable) {
    let Some(run) = &of(core).all[cpu].run else {
        return;
    };
    let task = run.task.clone();
    stop(core, cpu, stopped);
    if hold::let_go(&task) {
        hold::queue(core, &task, why);
    }
}

/// Takes a task off its CPU, if it is on one and does not have its turn, into the run queue.
pub(super) fn take_off(core: &mut Core, task: &TaskRef) {
    let cpus = core.module_mut::<Cpus>();
    let cpu = cpus.and_then(|cpus| {
        let cpu = cpus.cpu_of(Tid::of(task))?;
        let run = cpus.all[cpu].run.as_ref()?;
        (run.doing != Doing::Turn).then_some(cpu)
    });
    if let Some(cpu) = cpu {
        send_back(core, cpu, OffCpu::Preempted, Runnable::Preempted);
    }
}
