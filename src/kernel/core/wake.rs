//! Waiting: to park, to set a timer, to be woken by it, to leave.
//!
//! A task waits in one place at a time, or, when it selects among several calls, in one for each
//! *branch*. The links lie in its own memory, in the wait node of the branch: joining a list, leaving
//! it and being woken are O(1) and allocate nothing. The nodes are emptied as soon as the call has its
//! reply, whatever the reply is; so no list and no timer keeps a task that has gone on, was
//! interrupted or was killed.

use std::time::Duration;

use super::Core;
use super::list::WaitList;
use super::shared::Shared;
use crate::kernel::abi::Tid;
use crate::kernel::abi::events::{Cause, Event, Timer, TimerDid};
use crate::kernel::parts::{Due, Place, State};
use crate::machine::{End, TaskRef, WaitNode};

/// Puts a task into a list, unless it is there already.
#[inline(always)]
pub(crate) fn park(core: &mut Core, task: &TaskRef, node: &WaitNode, list: &WaitList, end: End) {
    if list.0.has(node) {
        return;
    }
    let home = core.table.scheduler;
    if list.0.home.get() != home {
        assert!(list.parked() == 0, "{list:?} belongs to another scheduler");
        list.0.home.set(home);
    }
    list.0.park(node, end);
    node.woken.set(false);
    State::set_enrolled(task);
}

/// Lets a task wait for the end of another.
pub(crate) fn park_on_exit(task: &TaskRef, node: &WaitNode, target: &TaskRef) {
    if !target.has_joiner(node) {
        target.park_joiner(node);
        node.woken.set(false);
        State::set_enrolled(task);
    }
}

/// Wakes a task at `deadline`, and whenever else it is woken.
pub(crate) fn set_timer(
    core: &mut Core,
    task: &TaskRef,
    branch: u32,
    node: &WaitNode,
    deadline: u64,
) {
    if let Some(old) = node.timer.take() {
        core.timers.remove(old);
    }
    node.due.set(false);
    let slot = Tid::of(task).slot();
    let timer = core.timers.set(deadline, Due::Wait(Place { slot, branch }));
    node.timer.set(Some(timer));
    tell_timer(core, task, TimerDid::Set(Duration::from_nanos(deadline)));
    State::set_enrolled(task);
}

/// Carries out all timers whose time has come, those too that are set meanwhile.
pub(crate) fn fire_due(core: &mut Core) {
    // What comes of it is no doing of the task whose turn it was.
    core.end_turns();
    let now = core.clock.seen();
    while let Some(due) = core.timers.take_due(now) {
        match due {
            Due::Wait(place) => fire(core, place),
            Due::Run(act, slot, number) => act(core, slot, number),
        }
        if let Some((next, after)) = core.timers.ahead() {
            core.table.fetch_ahead(next, after);
        }
    }
}

/// The timer of a wait has gone off.
fn fire(core: &mut Core, place: Place) {
    let task = core.table.get(place.slot);
    let mark = |node: &WaitNode| {
        node.timer.set(None);
        node.due.set(true);
    };
    match place.branch {
        0 => mark(task.wait()),
        branch => mark(&task.branch(branch)),
    }
    tell_timer(core, &task, TimerDid::Fired);
    Shared::make_ready(task, |_| Cause::Timer);
}

/// Empties a task's wait nodes: its call is over.
#[inline(always)]
pub(crate) fn clear_wait(core: &mut Core, task: &TaskRef) {
    clear_node(core, task.wait());
    State::set_idle(task);
    if task.branch_count() > 0 {
        clear_branches(core, task);
    }
}

#[inline(always)]
fn clear_node(core: &mut Core, node: &WaitNode) {
    node.leave();
    node.clear();
    if let Some(timer) = node.timer.take() {
        core.timers.remove(timer);
    }
}

#[cold]
fn clear_branches(core: &mut Core, task: &TaskRef) {
    for branch in task.branches() {
        clear_node(core, &branch);
    }
    task.clear_branches();
}

fn tell_timer(core: &Core, task: &TaskRef, did: TimerDid) {
    core.tell(|| {
        Event::Timer(Timer {
            time: core.moment(),
            tid: Tid::of(task),
            did,
        })
    });
}
