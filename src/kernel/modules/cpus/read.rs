//! What the CPUs and the policy learn of what has happened: from the journal, between two turns.

use std::time::Duration;

use super::inherit::note_waiter;
use super::leave::{stop, take_off};
use super::policy::{self, PolicyGuard, ask};
use super::{Cpus, Doing, find, of};
use crate::kernel::abi::events::{Cause, Event, InForce};
use crate::kernel::abi::policy::WantedPolicy;
use crate::kernel::abi::{OffCpu, Policy, Runnable, Tid};
use crate::kernel::core::{Core, hold, interrupt};
use crate::kernel::parts::{Change, State, catch_user_panic};
use crate::machine::TaskRef;

/// Makes the CPUs that there are where nothing else is asked for: one.
pub(crate) fn start(core: &mut Core) {
    if find(core).is_none() {
        start_with(core, 1, 0);
    }
}

/// Makes so many CPUs, which take so long to switch to another task than they had before.
pub(crate) fn start_with(core: &mut Core, count: u32, switch_cost: u64) {
    core.put_module(Box::new(Cpus::new(count, switch_cost)));
    core.add_reader((READER, read));
    // From now on turns are dispatched by the CPUs.
    core.call_attention();
}

/// Puts a policy in force, and hands it what there is.
pub(crate) fn put_in_force(core: &mut Core, policy: Box<dyn Policy>) {
    start(core);
    // One that a call has set, and that was to be in force later, comes too late.
    let late = core.take_module::<WantedPolicy>();
    catch_user_panic(|| drop(late));
    // What has happened so far is the policy's before.
    core.read_journal();
    let time = core.moment();
    policy::replace(core, Some(PolicyGuard::of(policy)));
    of(core).ticked = false;
    for task in core.tasks() {
        if !task.facts().is_expected() {
            admit(core, &task, time);
            // One that waits may wait for what another holds.
            note_waiter(core, Tid::of(&task));
        }
    }
    for task in core.run_queue().all() {
        let tid = Tid::of(&task);
        if !of(core).has_its_turn(tid) {
            ask(core, |policy| policy.enqueue(tid, Runnable::Handed, time));
        }
    }
    let name = policy::name(core);
    core.tell(|| {
        Event::InForce(InForce {
            time,
            policy: name.unwrap_or_else(|| "fifo".into()),
        })
    });
}

fn admit(core: &mut Core, task: &TaskRef, now: Duration) {
    let (tid, claim) = (Tid::of(task), task.facts().claim().unwrap_or_default());
    ask(core, |policy| policy.admit(tid, &claim, now));
}

/// Under which name the journal is read.
const READER: &str = "cpus";

fn read(core: &mut Core, change: &Change) {
    match change {
        Change::Arrived(task, now) => {
            admit(core, task, Duration::from_nanos(*now));
            enqueue(core, Tid::of(task), Runnable::New, *now);
        }
        Change::Woken { tid, now, .. } => enqueue(core, *tid, Runnable::Woken, *now),
        Change::Runnable(tid, why, now) => enqueue(core, *tid, *why, *now),
        Change::Dequeued(tid) if !of(core).has_its_turn(*tid) => {
            ask(core, |policy| policy.dequeue(*tid));
        }
        Change::Claimed(tid, claim, now) => {
            ask(core, |policy| policy.set_params(*tid, claim, *now));
        }
        Change::ToBeHeld(task) => take_off(core, task),
        Change::Interrupted(task) => interrupt_computing(core, task),
        Change::ResumedOutOfTurn(task) => queue_resumed(core, task),
        Change::Ended { task, .. } => retire(core, task),
        _ => {}
    }
}

/// A task has come into the run queue. That the one whose turn it is did counts when that is over.
fn enqueue(core: &mut Core, tid: Tid, why: Runnable, now: u64) {
    if !of(core).has_its_turn(tid) {
        let now = Duration::from_nanos(now);
        ask(core, |policy| policy.enqueue(tid, why, now));
    }
}

/// A task is to have no waits any more: one that computes leaves its CPU, unless its burst is over.
fn interrupt_computing(core: &mut Core, task: &TaskRef) {
    let (tid, now) = (Tid::of(task), core.clock().seen());
    let cpus = of(core);
    let computes = |run: &super::CpuRun| match run.doing {
        Doing::Computes { since, left } => since.saturating_add(left) > now,
        _ => false,
    };
    if let Some(cpu) = cpus.cpu_of(tid)
        && cpus.run_of(tid).is_some_and(computes)
    {
        stop(core, cpu, OffCpu::Preempted);
        interrupt::abandon_at_next_turn(task);
        hold::release(core, task, Cause::Interrupt);
    }
}

/// A task was made to go on out of its turn, and asked for something: it queues for its turn.
fn queue_resumed(core: &mut Core, task: &TaskRef) {
    let tid = Tid::of(task);
    let cpus = of(core);
    if cpus.has_its_turn(tid) || core.find(tid).is_none() {
        return;
    }
    let asked = of(core).asked.take_if(|asked| asked.0 == tid).is_some();
    if asked && State::of(task) == State::Waiting {
        hold::serve_later(core, task);
    }
    match State::of(task) {
        State::Ready | State::Woken => enqueue(core, tid, Runnable::Woken, core.clock().seen()),
        State::Waiting => note_waiter(core, tid),
        _ => {}
    }
}

/// A task has ended.
fn retire(core: &mut Core, task: &TaskRef) {
    let tid = Tid::of(task);
    let cpus = of(core);
    cpus.asked.take_if(|asked| asked.0 == tid);
    if let Some(cpu) = cpus.cpu_of(tid) {
        stop(core, cpu, OffCpu::Ended);
    }
    let cpus = of(core);
    cpus.credit.remove(&tid);
    cpus.waiters.remove(&tid);
    if !task.facts().is_expected() {
        ask(core, |policy| policy.retire(tid));
    }
}
