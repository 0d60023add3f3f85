//! Waiting: lists to park on, and what each task keeps of the wait it is in.
//!
//! A task waits in one place at a time, or, when it selects among several calls, in one for each
//! *branch*. The links lie in its own record, in the wait slot of the branch: joining a list, leaving
//! it and being woken are O(1) and allocate nothing. The slots are emptied as soon as the call has its
//! reply, whatever the reply is; so no list and no timer keeps a task that has gone on, was
//! interrupted or was killed.

use std::time::Duration;

use super::Core;
use super::list::WaitList;
use super::place::Place;
use super::shared::Shared;
use super::state::State;
use super::timers::Due;
use crate::kernel::abi::events::{Cause, TimerDid};
use crate::kernel::abi::tid::Tid;
use crate::machine::{End, TaskRef, WaitNode};

impl Core {
    /// Puts a task into a list, unless it is there already.
    #[inline(always)]
    pub(in crate::kernel) fn park(
        &mut self,
        task: &TaskRef,
        node: &WaitNode,
        list: &WaitList,
        end: End,
    ) {
        if list.0.has(node) {
            return;
        }
        let home = self.table.scheduler;
        if list.0.home.get() != home {
            assert!(list.parked() == 0, "{list:?} belongs to another scheduler");
            list.0.home.set(home);
        }
        list.0.park(node, end);
        node.woken.set(false);
        State::set_enrolled(task);
    }

    /// Lets a task wait for the end of another.
    pub(in crate::kernel) fn park_on_exit(
        &mut self,
        task: &TaskRef,
        node: &WaitNode,
        target: &TaskRef,
    ) {
        if !target.has_joiner(node) {
            target.park_joiner(node);
            node.woken.set(false);
            State::set_enrolled(task);
        }
    }

    /// Wakes a task at `deadline`, and whenever else it is woken.
    pub(in crate::kernel) fn set_timer(
        &mut self,
        task: &TaskRef,
        branch: u32,
        node: &WaitNode,
        deadline: u64,
    ) {
        if let Some(old) = node.timer.take() {
            self.timers.remove(old);
        }
        node.due.set(false);
        let slot = Tid::of(task).slot();
        let timer = self.timers.set(deadline, Due::Wait(Place { slot, branch }));
        node.timer.set(Some(timer));
        if self.is_observed() {
            let did = TimerDid::Set(Duration::from_nanos(deadline));
            self.tell_timer(Tid::of(task), did);
        }
        State::set_enrolled(task);
    }

    /// Carries out all timers whose time has come, those too that are set meanwhile.
    pub(in crate::kernel) fn fire_due(&mut self) {
        // Posts that come of it are nobody's whose turn it was.
        self.end_turns();
        let now = self.clock.seen();
        while let Some(due) = self.timers.take_due(now) {
            match due {
                Due::Wait(place) => self.fire(place),
                Due::Arrival(slot) => self.arrive(slot),
                Due::Stop => self.end_grace(),
                Due::Scope(slot, scope) => self.expire(slot, scope),
            }
        }
    }

    /// The timer of a wait has gone off.
    fn fire(&mut self, place: Place) {
        let task = self.table.get(place.slot);
        let mark = |node: &WaitNode| {
            node.timer.set(None);
            node.due.set(true);
        };
        match place.branch {
            0 => mark(task.wait()),
            branch => mark(&task.branch(branch)),
        }
        if self.is_observed() {
            self.tell_timer(Tid::of(&task), TimerDid::Fired);
        }
        Shared::make_ready(task, |_| Cause::Timer);
    }

    /// Empties a task's wait nodes: its call is over.
    #[inline(always)]
    pub(in crate::kernel) fn clear_wait(&mut self, task: &TaskRef) {
        self.clear_node(task.wait());
        State::set_idle(task);
        if let Some(extra) = task.facts().extra_if_any() {
            extra.choice.take();
        }
        if task.branch_count() > 0 {
            self.clear_branches(task);
        }
    }

    #[inline(always)]
    fn clear_node(&mut self, node: &WaitNode) {
        node.leave();
        node.clear();
        if let Some(timer) = node.timer.take() {
            self.timers.remove(timer);
        }
    }

    #[cold]
    fn clear_branches(&mut self, task: &TaskRef) {
        for branch in task.branches() {
            self.clear_node(&branch);
        }
        task.clear_branches();
    }
}
