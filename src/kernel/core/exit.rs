//! How tasks end: kill, unwinding, reaping.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::borrow::{all_borrowers, can_be_unwound, is_pinned, pin_lender};
use super::shared::{NO_TASK, Shared};
use super::wake::clear_wait;
use super::{Core, hold};
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::{Exit, Interrupted, NoSuchTask, Tid, Why, exit_of};
use crate::kernel::parts::{
    Change, Post, State, catch_user_panic, keep_end, log_end, log_error, log_given_up, log_panic,
    target, title_of,
};
use crate::machine::{Payload, Resumed, Served, TaskRef, is_kill};

/// How often a dying task may catch its unwinding and go on before it is given up.
const MAX_SWALLOWED_KILLS: u32 = 16;

/// How deep kills may nest that are asked for by calls which a kill breaks off; the loop's stack is not
/// endless, so the next one is put off.
const NESTING: u32 = 16;

/// How many calls a dying task may make where the thread was unwinding before, so that it cannot be
/// told whether the task unwinds or has caught its kill and goes on.
const MAX_UNCLEAR_CALLS: u32 = 100_000;

/// Kills a task now, or before the next pick if it cannot be unwound now.
pub(crate) fn kill(core: &mut Core, tid: Tid) -> Result<(), NoSuchTask> {
    let victim = living(core, tid).ok_or(NoSuchTask(tid))?;
    if !can_be_unwound(core, &victim) || core.kills_nested == NESTING || std::thread::panicking() {
        core.post(Post::Kill(tid));
    } else {
        unwind(core, &victim);
    }
    Ok(())
}

/// Carries out a kill that was put off.
pub(crate) fn kill_now(core: &mut Core, tid: Tid) {
    if let Some(victim) = living(core, tid) {
        unwind(core, &victim);
    }
}

fn living(core: &Core, tid: Tid) -> Option<TaskRef> {
    let task = core.table.find(tid)?;
    (State::of(&task) != State::Dying).then_some(task)
}

/// Unwinds a task that neither runs nor is being served, and reaps it.
pub(super) fn unwind(core: &mut Core, victim: &TaskRef) {
    let never_ran = victim.is_fresh();
    core.kills_nested += 1;
    let state = match State::of(victim) {
        state @ (State::Ready | State::Woken) => {
            hold::dequeue(core, victim);
            state
        }
        State::Held => victim.facts().held.get().before,
        state => state,
    };
    State::Dying.set(victim);
    // One after the other, not one within the other: many may borrow in a row, and the loop's stack ends.
    for borrower in all_borrowers(core, victim).into_iter().rev() {
        kill_now(core, borrower);
    }
    if matches!(state, State::Waiting | State::Woken) && victim.has_call() {
        break_off_for_good(core, victim);
    }
    clear_wait(core, victim);
    let payload = match cfg!(panic = "abort") {
        true => give_up(core, victim, None),
        false if is_pinned(victim) => give_up(
            core,
            victim,
            Some("a member of its group could not be unwound"),
        ),
        false => drive_out(core, victim),
    };
    let end = match &payload {
        // Of a destructor: all that ever ran of the task.
        Some(thrown) if never_ran && !is_kill(thrown) => End::ByItself,
        _ => End::Killed,
    };
    reap(core, victim, end, payload);
    core.kills_nested -= 1;
}

/// Lets the pending call undo what it registered, and answer; says whether it had been granted what
/// it waited for.
pub(super) fn break_off(
    core: &mut Core,
    task: &TaskRef,
    why: Interrupted,
) -> Result<bool, Payload> {
    let before = core.serving.replace(Tid::of(task).slot());
    // Giving up may kill others, whose calls are broken off meanwhile.
    let outer = std::mem::replace(&mut core.granted, false);
    let undone = catch_unwind(AssertUnwindSafe(|| task.abandon(core, why)));
    core.serving.set(before);
    let granted = std::mem::replace(&mut core.granted, outer);
    undone.map(|()| granted)
}

/// The same for a task that is killed: a panic here is a bug in the call; the kill goes on.
fn break_off_for_good(core: &mut Core, victim: &TaskRef) {
    if let Err(payload) = break_off(core, victim, Interrupted::new(Why::Killed)) {
        let title = title_of(victim);
        let exit = exit_of(Some(&payload));
        log_error(
            target::TASK,
            format_args!("{title}: giving up its call {exit}"),
        );
        std::mem::forget(payload);
    }
}

/// Raises the kill until the task has unwound to its root, or patience is at its end.
fn drive_out(core: &mut Core, victim: &TaskRef) -> Option<Payload> {
    let before = core.serving.replace(NO_TASK);
    let already = std::thread::panicking();
    let (mut swallowed, mut unclear) = (0, 0);
    let mut resumed = victim.raise_kill();
    let payload = loop {
        match resumed {
            Resumed::Ended(payload) => break payload,
            // A destructor's. Only where the thread was unwinding before do all calls look like
            // that, also those of a task that has caught its kill and goes on.
            Resumed::Trapped if victim.is_urgent() && unclear < MAX_UNCLEAR_CALLS => {
                unclear += u32::from(already);
                serve_urgent(core, victim);
                resumed = victim.resume();
            }
            Resumed::Trapped if swallowed < MAX_SWALLOWED_KILLS && !victim.is_urgent() => {
                swallowed += 1;
                resumed = victim.raise_kill();
            }
            Resumed::Trapped => {
                break give_up(
                    core,
                    victim,
                    Some("caught its own unwinding again and again"),
                );
            }
        }
    };
    core.serving.set(before);
    payload
}

/// Serves a call made while unwinding; the caller has its reply after this.
pub(super) fn serve_urgent(core: &mut Core, task: &TaskRef) {
    let before = core.serving.replace(Tid::of(task).slot());
    let served = task.serve(core);
    debug_assert_eq!(served, Served::Urgent);
    core.serving.set(before);
    clear_wait(core, task);
}

/// How a task comes to its end: by itself, when it returns or unwinds, or by a kill.
enum End {
    ByItself,
    Killed,
}

/// Reaps a task that has ended by itself.
#[inline(always)]
pub(super) fn ended(core: &mut Core, task: &TaskRef, payload: Option<Payload>) {
    core.serving.set(NO_TASK);
    reap(core, task, End::ByItself, payload);
}

/// Takes a task that was killed, or has ended by itself, out of the table, wakes the tasks that wait for its
/// end, and counts it.
#[inline(never)]
fn reap(core: &mut Core, task: &TaskRef, end: End, payload: Option<Payload>) {
    let tid = Tid::of(task);
    let exit = match end {
        End::ByItself => exit_of(payload.as_ref()),
        End::Killed => Exit::Killed,
    };
    core.note(|| Change::Ended {
        task: task.clone(),
        exit: exit.clone(),
        now: core.clock.seen(),
    });
    while let Some(joiner) = task.pop_joiner(|wait| wait.tell_exit(tid, &exit)) {
        Shared::make_ready(joiner, |_| Cause::Exit(tid));
    }
    core.table.remove(tid.slot());
    let facts = task.facts();
    facts.slots.all().for_each(|slot| slot.ended(core, task));
    core.ordinary
        .set(core.ordinary.get() - usize::from(!facts.daemon));
    if core.ordinary.get() == 0 {
        core.countdown.ring();
    }
    count(core, &exit);
    let payload = keep_end(task, &exit, payload);
    if let Some(sink) = facts.sink.take() {
        catch_user_panic(|| sink.deliver(&exit));
    }
    // What is dropped and who logs may be the user's, and may panic; all is in order by now.
    if let Some(payload) = payload {
        catch_user_panic(|| drop(payload));
    }
    if !log_panic(tid, facts.name(), &exit) && !core.journal.logs_ends.get() {
        log_end(tid, facts.name(), &exit);
    }
}

fn count(core: &mut Core, exit: &Exit) {
    match exit {
        Exit::Returned => core.report.returned += 1,
        Exit::Panicked(_) => core.report.panicked += 1,
        Exit::Killed => core.report.killed += 1,
    }
}

/// Leaves a task where it is, for ever: for a reason, or since nothing unwinds where panics abort.
fn give_up(core: &mut Core, victim: &TaskRef, reason: Option<&str>) -> Option<Payload> {
    core.report.abandoned += 1;
    pin_lender(core, victim);
    log_given_up(&title_of(victim), reason);
    None
}
