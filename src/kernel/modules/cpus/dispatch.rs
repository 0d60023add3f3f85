//! Turns where CPUs are simulated, or a policy is in force: the loop's dispatcher.

use std::time::Duration;

use super::leave::{send_back, stop};
use super::pick::{explained, pick};
use super::policy::{ask, drop_policy, explain};
use super::read::{put_in_force, start};
use super::{CpuRun, Doing, inherit, of};
use crate::devices::nanoseconds;
use crate::kernel::abi::policy::WantedPolicy;
use crate::kernel::abi::{OffCpu, Runnable, TaskState, Tid};
use crate::kernel::core::{Core, Dispatcher, Shared, carry_out_posts, fire_due, hold, rest};
use crate::kernel::parts::{Change, Reason, State};
use crate::machine::TaskRef;

/// Dispatches by the CPUs: a task that has computed goes on, or the one that is picked next has its turn.
pub(crate) struct OnCpus;

impl Dispatcher for OnCpus {
    fn fits(&self, _: &Core) -> bool {
        true
    }

    /// Timers go off at their place in the order of a moment.
    fn keeps_time(&self) -> bool {
        true
    }

    fn pick(&mut self, core: &mut Core, _: &Shared) -> Option<TaskRef> {
        start(core);
        // A run that was left in the middle of a turn, by a kill of the task that it runs in.
        if let Some((tid, _)) = of(core).turning {
            self.after(core, tid);
        }
        if let Some(policy) = core.take_module::<WantedPolicy>() {
            put_in_force(core, policy.0);
        }
        assign_first(core);
        loop {
            core.read_journal();
            end_slices(core);
            if let Some(picked) = go_on(core) {
                return Some(begin_turn(core, picked));
            }
            catch_up(core);
            preempt(core);
            match assign_next(core)? {
                Assigned::HasTurn(picked) => return Some(begin_turn(core, picked)),
                Assigned::IsSwitchedTo => {}
            }
        }
    }

    /// Lets time come to when a task may go on.
    fn idle(&mut self, core: &mut Core) -> bool {
        let (now, timer) = (core.clock().seen(), core.next_timer());
        let cpus = of(core);
        let next = [timer, cpus.next()].into_iter().flatten().min();
        // A policy that wants to be told now has been told; its wish alone keeps nothing going.
        let tick = cpus.next_tick.filter(|&tick| tick > now);
        let until = next.map(|next| tick.map_or(next, |tick| tick.min(next)));
        rest(core, until)
    }

    /// Finds out what a task's turn has come to.
    fn after(&mut self, core: &mut Core, tid: Tid) -> bool {
        core.read_journal();
        let turning = of(core).turning.take();
        core.clock().read();
        if let Some((_, cpu)) = turning {
            leave_or_stay(core, cpu, tid);
        }
        core.call_attention();
        true
    }
}

/// A task that has its turn now: on which CPU, and why.
struct Picked(TaskRef, usize, Reason);

fn begin_turn(core: &mut Core, Picked(task, cpu, reason): Picked) -> TaskRef {
    core.count_turn();
    of(core).turning = Some((Tid::of(&task), cpu));
    if core.tells_turns() {
        let now = core.clock().seen();
        core.note(|| Change::Picked(cpu as u32, reason, now));
    }
    task
}

/// A task asked for CPU time, and there was no CPU yet: it is the first on one.
fn assign_first(core: &mut Core) {
    let Some((tid, left)) = of(core).asked.take() else {
        return;
    };
    let task = core.find(tid);
    if let Some(task) = task.filter(|task| State::of(task) == State::Waiting)
        && let Some(cpu) = of(core).idle()
    {
        hold::hold(core, &task, TaskState::Running);
        let since = core.clock().seen();
        assign(core, cpu, task, None, Doing::Computes { since, left });
    }
}

fn assign(core: &mut Core, cpu: usize, task: TaskRef, until: Option<u64>, doing: Doing) {
    let from = core.clock().seen();
    of(core).all[cpu].run = Some(CpuRun {
        task,
        from,
        until,
        doing,
        reason: Reason::default(),
    });
}

/// Stops those whose slice is over by now; one that has computed to the end goes on instead.
fn end_slices(core: &mut Core) {
    let now = core.clock().read();
    let cpus = of(core);
    if cpus.settled == now {
        return;
    }
    cpus.settled = now;
    cpus.ticked = false;
    cpus.preemptions = 0;
    for cpu in 0..of(core).all.len() {
        let run = of(core).all[cpu].run.as_ref();
        let is_over = run.is_some_and(|run| {
            matches!(run.doing, Doing::Computes { since, left } if since.saturating_add(left) > now)
                && run.until.is_some_and(|until| until <= now)
        });
        if is_over {
            send_back(core, cpu, OffCpu::SliceOver, Runnable::SliceOver);
        }
    }
}

/// The turn of a task that has computed, or has been switched to.
fn go_on(core: &mut Core) -> Option<Picked> {
    let now = core.clock().seen();
    let cpus = of(core);
    let cpu = cpus.due(now)?;
    let run = cpus.all[cpu].run.as_mut()?;
    let (task, reason) = (run.task.clone(), std::mem::take(&mut run.reason));
    if let Doing::Computes { left, .. } = std::mem::replace(&mut run.doing, Doing::Turn) {
        cpus.credit.insert(Tid::of(&task), left);
    }
    hold::let_go(&task);
    Some(Picked(task, cpu, reason))
}

/// Tells the policy of the time, and lets timers go off, those of this moment too.
fn catch_up(core: &mut Core) {
    let now = core.clock().seen();
    if !of(core).ticked {
        of(core).ticked = true;
        core.read_journal();
        let running = of(core).running(now);
        let time = Duration::from_nanos(now);
        let next = ask(core, |policy| policy.tick(&running, time));
        of(core).next_tick = next.flatten().map(nanoseconds);
    }
    if core.next_timer().is_some_and(|deadline| deadline <= now) {
        fire_due(core);
    }
    // What deadlines broke off may have left posts.
    carry_out_posts(core);
    // A task that was interrupted, or has ended, leaves its CPU as this is read: before one is sought.
    core.read_journal();
}

/// Lets the policy take CPUs away from tasks that compute, as long as it wants to.
fn preempt(core: &mut Core) {
    while of(core).idle().is_none() && core.run_queue().len() > 0 {
        let now = core.clock().seen();
        core.read_journal();
        let running = of(core).running(now);
        inherit::tell(core);
        let time = Duration::from_nanos(now);
        let Some(Some(victim)) = ask(core, |policy| policy.preempt(&running, time)) else {
            return;
        };
        if !running.iter().any(|running| running.task == victim) {
            return drop_policy(
                core,
                &format!("preempted task {victim}, which does not run"),
            );
        }
        let cpus = of(core);
        cpus.preemptions += 1;
        let (count, cpu) = (cpus.preemptions, cpus.cpu_of(victim));
        if count > 2 * (core.run_queue().len() + running.len()) + 16 {
            return drop_policy(core, &format!("preempted {count} times, and none got on"));
        }
        if let Some(cpu) = cpu {
            send_back(core, cpu, OffCpu::Preempted, Runnable::Preempted);
        }
    }
}

/// What became of a task that was put on a CPU.
enum Assigned {
    /// It has its turn now.
    HasTurn(Picked),
    /// The CPU takes time to switch to it.
    IsSwitchedTo,
}

/// Puts the next task on the first idle CPU.
fn assign_next(core: &mut Core) -> Option<Assigned> {
    let cpu = of(core).idle()?;
    core.read_journal();
    let candidates = explained(core);
    let (task, until) = pick(core)?;
    let tid = Tid::of(&task);
    let reason = Reason {
        candidates,
        why: match core.tells_turns() {
            true => explain(core, tid),
            false => String::new(),
        },
    };
    let cpus = of(core);
    let cost = match cpus.all[cpu].last {
        Some(last) if last != tid => cpus.switch_cost,
        _ => 0,
    };
    if cost == 0 {
        assign(core, cpu, task.clone(), until, Doing::Turn);
        return Some(Assigned::HasTurn(Picked(task, cpu, reason)));
    }
    hold::hold_picked(&task, TaskState::Running);
    let until = until.map(|until| until.saturating_add(cost));
    assign(core, cpu, task, until, Doing::Switched);
    if let Some(run) = &mut of(core).all[cpu].run {
        run.from = run.from.saturating_add(cost);
        run.reason = reason;
    }
    Some(Assigned::IsSwitchedTo)
}

fn leave_or_stay(core: &mut Core, cpu: usize, tid: Tid) {
    let now = core.clock().seen();
    let cpus = of(core);
    let has_burnt = cpus.burning == Some(tid);
    let asked = cpus.asked.take_if(|asked| asked.0 == tid);
    let Some(run) = cpus.all[cpu].run.as_mut().filter(|run| run.tid() == tid) else {
        return; // It has ended.
    };
    let (task, until) = (run.task.clone(), run.until);
    let (stopped, queued) = match (State::of(&task), asked) {
        (State::Waiting, Some((_, left))) => {
            run.doing = Doing::Computes { since: now, left };
            hold::hold(core, &task, TaskState::Running);
            if until.is_some_and(|until| until <= now) {
                send_back(core, cpu, OffCpu::SliceOver, Runnable::SliceOver);
            }
            return;
        }
        (State::Waiting, None) => (OffCpu::Blocked, None),
        (State::Woken, _) if has_burnt => (OffCpu::SliceOver, Some(Runnable::SliceOver)),
        (State::Woken, _) => (OffCpu::Blocked, Some(Runnable::Woken)),
        _ => (OffCpu::Answered, Some(Runnable::Answered)),
    };
    stop(core, cpu, stopped);
    if let Some(why) = queued {
        core.note(|| Change::Runnable(tid, why, now));
    }
    of(core).preemptions = 0;
}
