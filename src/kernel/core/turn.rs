//! A turn: a task is resumed up to its next call, which is served, and put where it belongs.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use log::LevelFilter;

use super::exit::{break_off, ended};
use super::shared::Shared;
use super::wake::clear_wait;
use super::{Core, hold, interrupt};
use crate::kernel::abi::Tid;
use crate::kernel::abi::events::Cause;
use crate::kernel::parts::{Change, State};
use crate::machine::{self, Advanced, Payload, Resumed, Served, TaskRef, inspect};

/// The turn of a task that has left the run queue for it. `shared` is the core's own, which the loop has
/// at hand: to reach it through the core would cost two loads at each use.
#[inline(always)]
pub(super) fn turn(core: &mut Core, shared: &Shared, task: TaskRef) {
    if !State::Ready.is_exactly(&task) && !serve_again(core, &task) {
        return;
    }
    // From here on a wake counts, even one that comes while the call is being served.
    State::Waiting.set_exactly(&task);
    match task.advance(core, |_| shared.serving.set(Tid::of(&task).slot())) {
        Advanced::Served(served) => put_back(core, shared, task, served),
        Advanced::Ended(payload) => ended(core, &task, payload),
    }
}

/// Puts a task where it belongs, now that its call has been served.
#[inline(always)]
fn put_back(core: &mut Core, shared: &Shared, task: TaskRef, served: Served) {
    match served {
        Served::Answered => {
            if !State::Waiting.is_exactly(&task) {
                end_wait(core, &task);
            }
            State::Ready.set_exactly(&task);
            shared.ready.push(task);
        }
        Served::Waits => {
            if begin_wait(core, &task) {
                end_wait(core, &task);
                State::Ready.set_exactly(&task);
                shared.ready.push(task);
            }
        }
        Served::Urgent => resume_unwinding(core, task),
    }
}

/// Ends what a task's call has registered, and takes the task out of the run queue if it was woken while
/// its call was being served.
#[inline]
fn end_wait(core: &mut Core, task: &TaskRef) {
    if State::is_enrolled(task) {
        clear_wait(core, task);
    }
    if State::of(task) == State::Woken {
        hold::dequeue(core, task);
    }
}

/// Serves a task's call.
fn serve(core: &mut Core, task: &TaskRef) -> Served {
    State::Waiting.set(task);
    core.serving.set(Tid::of(task).slot());
    task.serve(core)
}

/// Serves the call of a task that was woken, out of the queue; says whether it is answered.
fn serve_again(core: &mut Core, task: &TaskRef) -> bool {
    let answered = if State::take_interrupted(task) {
        State::Waiting.set(task);
        deliver_pending(core, task)
    } else {
        serve(core, task) == Served::Answered || deliver_pending(core, task)
    };
    if answered {
        end_wait(core, task);
        if core.journal.tells_turns.get() {
            note_reply(core, task);
        }
    }
    answered
}

#[cold]
#[inline(never)]
fn note_reply(core: &Core, task: &TaskRef) {
    let mut reply = String::new();
    inspect::write_reply(task, &mut reply);
    core.note(|| Change::Replied(reply));
}

/// Lets a task go on that is unwinding, until it makes a call that is no destructor's.
#[cold]
#[inline(never)]
fn resume_unwinding(core: &mut Core, task: TaskRef) {
    end_wait(core, &task);
    let resumed = task.resume();
    follow(core, task, resumed);
}

/// Serves the calls of a task that was resumed out of its turn, or reaps the task.
fn follow(core: &mut Core, task: TaskRef, mut resumed: Resumed) {
    let shared = Rc::clone(&core.shared);
    loop {
        match resumed {
            Resumed::Trapped => match serve(core, &task) {
                Served::Urgent => {
                    end_wait(core, &task);
                    resumed = task.resume();
                }
                served => return put_back(core, &shared, task, served),
            },
            Resumed::Ended(payload) => return ended(core, &task, payload),
        }
    }
}

/// Notes when a wait began, and lets modules do what they do then; says whether the wait is over at once,
/// since the task is interrupted.
fn begin_wait(core: &mut Core, task: &TaskRef) -> bool {
    let facts = task.facts();
    facts.since.set(core.clock.seen());
    if !facts.slots.is_empty() {
        facts.slots.all().for_each(|slot| slot.before_wait(task));
        if deliver_pending(core, task) {
            return true;
        }
    }
    // A call that could not be broken off has unwound its caller, which may be gone by now.
    let is_told = log::max_level() >= LevelFilter::Warn || core.journal.is_observed.get();
    if is_told && task.has_call() {
        (core.hooks.on_wait)(core, task);
    }
    false
}

/// Breaks off the wait of a task, if it waits, nothing was granted to it and it is interrupted; says whether
/// its call is answered now.
fn deliver_pending(core: &mut Core, task: &TaskRef) -> bool {
    if State::of(task) != State::Waiting || !task.has_call() || task.is_answered() {
        return false;
    }
    let Some(why) = interrupt::pending(task) else {
        return false;
    };
    match break_off(core, task, why) {
        Ok(granted) => {
            if !granted {
                interrupt::set_delivered(task);
            }
            true
        }
        Err(payload) => {
            raise_in(core, task, payload);
            core.note(|| Change::ResumedOutOfTurn(task.clone()));
            false
        }
    }
}

/// Lets a panic that came of serving a call go on in the task whose call it was; says which that is.
pub(super) fn hand_back(core: &mut Core, mut payload: Payload) -> Tid {
    loop {
        let served = core.table.try_get(core.serving.get());
        let is_culprit =
            |task: &TaskRef| State::of(task) != State::Ready && !task.is_busy() && task.has_call();
        let Some(task) = served.filter(is_culprit) else {
            resume_unwind(payload); // Not a call's: a bug of ours, or of a logger.
        };
        if machine::is_kill(&payload) && machine::inside_task() {
            // The outer task in which this loop runs is killed. The call is served again, should this
            // scheduler run again.
            Shared::make_ready(task, |_| Cause::Outside);
            resume_unwind(payload);
        }
        let going_on = AssertUnwindSafe(|| raise_in(core, &task, payload));
        match catch_unwind(going_on) {
            Ok(()) => return Tid::of(&task),
            Err(next) => payload = next,
        }
    }
}

/// Lets a task that is not ready unwind with the panic of its call.
fn raise_in(core: &mut Core, task: &TaskRef, payload: Payload) {
    end_wait(core, task);
    let resumed = task.raise(payload);
    follow(core, task.clone(), resumed);
}
