//! Looking outside: now and then while tasks are ready, and for as long as it takes when none is.
//!
//! In virtual time nothing may depend on how fast a thread works. So the result of its work is given when
//! no task is ready and no timer is due, the oldest first, and after all that has come from outside by then.
//! Two things would wait for ever in that, and do not: what tasks that never rest wait for, and work that
//! itself waits for what comes of a later result; see [`WorkList`](crate::devices::WorkList).

use std::time::{Duration, Instant};

use super::{Message, Outside};
use crate::devices::{Next, PATIENCE, WorkId};
use crate::kernel::abi::Tid;
use crate::kernel::abi::events::Cause;
use crate::kernel::core::{Core, Kernel, sleep_until};
use crate::kernel::parts::{Change, catch_user_panic, log_warn, target, title_of};

/// Looks whether something has come from outside, and does not wait for it.
pub(super) fn look(core: &mut Core) {
    look_around(core);
    hold_up_for_result(core);
}

/// The same; says whether it has.
fn look_around(core: &mut Core) -> bool {
    let Some(outside) = core.module::<Outside>() else {
        return false;
    };
    let also = outside.also;
    let events = outside.sources.is_any_awaited() && take_events(core, Some(Duration::ZERO));
    let messages = read_messages(core);
    let others = also.is_some_and(|also| (also.read)(core));
    events || messages || others
}

/// Nothing is ready: lets time come to `deadline`, or to when something comes from outside; says whether
/// either will ever come. It may come back before: whatever waits looks again.
pub(super) fn rest(core: &mut Core, deadline: Option<u64>) -> bool {
    let outside = core.module::<Outside>();
    let hears = outside.is_some_and(|outside| outside.also.is_some());
    let may_bring = outside.is_some_and(Outside::may_bring);
    if !may_bring && (deadline.is_none() || !hears) {
        return sleep_until(core, deadline);
    }
    if core.clock().is_virtual() {
        rest_in_virtual_time(core, deadline);
    } else {
        let limit = deadline.map(|deadline| core.clock().time_until(deadline));
        sleep_outside(core, limit);
    }
    true
}

/// Time stands still while there is something to do, here or in a thread that works for this scheduler.
fn rest_in_virtual_time(core: &mut Core, deadline: Option<u64>) {
    // What has come may have made a task ready, or have set an earlier deadline.
    if look_around(core) {
        return;
    }
    match deadline {
        Some(deadline) if deadline <= core.clock().seen() || !is_worked_for(core) => {
            core.clock().wait_until(deadline);
        }
        _ => rest_until_result(core),
    }
}

fn has_messages(core: &Core) -> bool {
    let outside = core.module::<Outside>();
    outside.is_some_and(|outside| outside.inbox.has_some())
}

fn sleep_outside(core: &mut Core, limit: Option<Duration>) {
    let Some(outside) = core.module_mut::<Outside>() else {
        return;
    };
    let also = outside.also;
    // What else may come would have to wait for as long.
    let may_spin = limit.is_none() && !outside.sources.is_any_awaited();
    if !(may_spin && outside.spin.wait(&outside.inbox, || false)) {
        sleep_until_roused(core, limit);
    }
    read_messages(core);
    also.inspect(|also| _ = (also.read)(core));
}

fn sleep_until_roused(core: &mut Core, limit: Option<Duration>) {
    core.note(|| Change::Sleeps);
    core.read_journal();
    let Some(outside) = core.module::<Outside>() else {
        return;
    };
    let may_sleep = outside.inbox.may_sleep();
    // Looked at once more, now that what could still write a message would rouse this thread.
    let has_reason = limit.is_some() || outside.may_bring();
    let limit = match may_sleep && has_reason {
        true => limit,
        false => Some(Duration::ZERO),
    };
    // To ask for the time is worthwhile only where messages may come.
    let since = (outside.inbox.writers() > 0).then(Instant::now);
    take_events(core, limit);
    if let Some(outside) = core.module_mut::<Outside>() {
        outside.inbox.awake();
        if let Some(since) = since {
            outside.spin.slept(since, outside.inbox.has_some());
        }
    }
}

/// Waits for events, notes which sources are ready, and wakes the tasks that wait for them; says whether
/// anything has happened.
fn take_events(core: &mut Core, limit: Option<Duration>) -> bool {
    let Some(mut outside) = core.take_module::<Outside>() else {
        return false;
    };
    // What comes from outside is no doing of the task whose turn it was.
    core.end_turns();
    let (sources, also) = (&outside.sources, outside.also);
    let mut others = Vec::new();
    let happened = outside
        .reactor
        .wait(limit, |key, readiness| match sources.find(key) {
            Some(scheduled) => scheduled.note(readiness, |user| {
                core.wake(user, Cause::Device);
            }),
            None => others.push(key),
        });
    core.put_module(outside);
    if let Some(also) = also {
        others.into_iter().for_each(|key| (also.note)(core, key));
    }
    happened
}

/// Reads all messages, those too that come meanwhile; says whether there were any.
pub(crate) fn read_messages(core: &mut Core) -> bool {
    let has_some = has_messages(core);
    while has_messages(core) {
        let Some(outside) = core.module_mut::<Outside>() else {
            break;
        };
        let mut taken = std::mem::take(&mut outside.taken);
        outside.inbox.take_into(&mut taken);
        core.end_turns();
        for message in taken.drain(..) {
            follow_message(core, message);
        }
        if let Some(outside) = core.module_mut::<Outside>() {
            outside.taken = taken;
        }
    }
    has_some
}

fn follow_message(core: &mut Core, message: Message) {
    match message {
        Message::Wake(tid) => {
            core.wake(tid, Cause::Outside);
        }
        Message::Ended(work) => note_result(core, work),
        // What a message does is this crate's own, but what it drops may be the user's.
        Message::Do(act) => _ = catch_user_panic(|| act(&mut Kernel::new(core, None))),
    }
}

/// Whether other threads work for tasks: then virtual time stands still.
fn is_worked_for(core: &Core) -> bool {
    let outside = core.module::<Outside>();
    outside.is_some_and(|outside| !outside.work.is_over())
}

/// The result of some work is there.
fn note_result(core: &mut Core, work: WorkId) {
    let is_virtual = core.clock().is_virtual();
    let Some(outside) = core.module_mut::<Outside>() else {
        return;
    };
    if is_virtual {
        outside.work.end(work);
    } else if let Some(tid) = outside.work.give(work) {
        core.wake(tid, Cause::Outside);
    }
}

/// Nothing is ready, and time stands still: gives the next result, or sleeps until something comes.
fn rest_until_result(core: &mut Core) {
    if let Some(outside) = core.module_mut::<Outside>() {
        outside.work.rested();
    }
    if let Next::Awaited(limit) = give_next_result(core) {
        sleep_outside(core, limit);
    }
}

/// Tasks are ready. If they have not rested for very long, the next result is waited for all the same.
fn hold_up_for_result(core: &mut Core) {
    let is_virtual = core.clock().is_virtual();
    let outside = core.module_mut::<Outside>().filter(|_| is_virtual);
    if !outside.is_some_and(|outside| outside.work.holds_up(Instant::now())) {
        return;
    }
    loop {
        match give_next_result(core) {
            Next::Late(_) => {}
            Next::Awaited(Some(limit)) => sleep_outside(core, Some(limit)),
            Next::Given(_) | Next::Awaited(None) => return,
        }
    }
}

/// Wakes the task whose result comes next, if it is there.
fn give_next_result(core: &mut Core) -> Next<Tid> {
    let Some(outside) = core.module_mut::<Outside>() else {
        return Next::Awaited(None);
    };
    let next = outside.work.next(Instant::now());
    match next {
        Next::Given(tid) => _ = core.wake(tid, Cause::Outside),
        Next::Late(tid) => warn_of_late_result(core, tid),
        Next::Awaited(_) => {}
    }
    next
}

#[cold]
fn warn_of_late_result(core: &Core, tid: Tid) {
    let Some(task) = core.find(tid) else { return };
    log_warn(
        target::OFFLOAD,
        format_args!(
            "{} waits for offloaded work that has kept others waiting for {PATIENCE:?}; they go on \
             before it, and perhaps in another order when the program is run again",
            title_of(&task)
        ),
    );
}
