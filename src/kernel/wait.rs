//! Waiting: lists to park on, and what each task keeps of the wait it is in.
//!
//! A task waits in one place at a time, or, when it selects among several calls, in one for each
//! *branch*. The links lie in its own record, in the wait slot of the branch: joining a list, leaving
//! it and being woken are O(1) and allocate nothing. The slots are emptied as soon as the call has its
//! reply, whatever the reply is; so no list and no timer keeps a task that has gone on, was
//! interrupted or was killed.

use std::rc::Rc;
use std::time::Duration;

use super::core::Core;
use super::events::{Cause, TimerDid};
use super::list::WaitList;
use super::place::{End, Ends, NIL, Place, Queue};
use super::state::State;
use super::table::Table;
use super::tid::Tid;
use super::timers::Due;

impl Core {
    /// Puts a task into a list, unless it is there already.
    pub(super) fn park(&mut self, place: Place, list: &WaitList, end: End) {
        match &self.table.wait(place).queue {
            Queue::List(now) if Rc::ptr_eq(now, &list.0) => return,
            _ => self.leave(place),
        }
        if !self.is_home_of(list) {
            assert!(list.parked() == 0, "{list:?} belongs to another scheduler");
            list.0.home.replace(Rc::downgrade(&self.mail));
        }
        list.0.len.set(list.parked() + 1);
        self.enlist(place, Queue::List(Rc::clone(&list.0)), end);
    }

    fn is_home_of(&self, list: &WaitList) -> bool {
        std::ptr::eq(list.0.home.borrow().as_ptr(), Rc::as_ptr(&self.mail))
    }

    /// Lets a task wait for the end of another.
    pub(super) fn park_on_exit(&mut self, place: Place, target: u32) {
        match self.table.wait(place).queue {
            Queue::ExitOf(now) if now == target => return,
            _ => self.leave(place),
        }
        self.enlist(place, Queue::ExitOf(target), End::Tail);
    }

    #[inline(always)]
    fn enlist(&mut self, place: Place, queue: Queue, end: End) {
        let ends = ends(&self.table, &queue);
        let (prev, next) = match end {
            End::Tail => (ends.tail.replace(place), NIL),
            End::Head => (NIL, ends.head.replace(place)),
        };
        match (prev, next) {
            (NIL, NIL) if end == End::Tail => ends.head.set(place),
            (NIL, NIL) => ends.tail.set(place),
            (NIL, next) => self.table.wait(next).prev.set(place),
            (prev, _) => self.table.wait(prev).next.set(place),
        }
        let wait = self.table.wait_mut(place);
        wait.prev.set(prev);
        wait.next.set(next);
        wait.queue = queue;
        wait.woken = false;
        State::set_enrolled(&self.table.get(place.slot()).context, true);
    }

    /// Takes a task out of the list that it is in.
    #[inline]
    pub(super) fn leave(&mut self, place: Place) {
        let wait = self.table.wait_mut(place);
        if let Queue::None = wait.queue {
            return;
        }
        let queue = std::mem::take(&mut wait.queue);
        let (prev, next) = (wait.prev.get(), wait.next.get());
        if let Queue::List(list) = &queue {
            list.len.set(list.len.get() - 1);
        }
        let ends = ends(&self.table, &queue);
        match prev {
            NIL => ends.head.set(next),
            prev => self.table.wait(prev).next.set(next),
        }
        match next {
            NIL => ends.tail.set(prev),
            next => self.table.wait(next).prev.set(prev),
        }
    }

    /// Takes a task out of all lists that it is in.
    pub(super) fn leave_all(&mut self, slot: u32) {
        for branch in 0..self.table.get(slot).branches() {
            self.leave(Place::new(slot, branch));
        }
    }

    /// Takes the first task off a list and wakes it.
    pub(super) fn wake_one(&mut self, list: &WaitList) -> Option<Tid> {
        self.wake_first(list, Core::waker)
    }

    /// As `wake_one`, for a cause.
    pub(super) fn wake_first(
        &mut self,
        list: &WaitList,
        cause: impl FnOnce(&Core) -> Cause,
    ) -> Option<Tid> {
        if !self.is_home_of(list) {
            return None;
        }
        let place = list.0.ends.first()?;
        self.leave(place);
        self.table.wait_mut(place).woken = true;
        self.make_ready(place.slot(), cause);
        Some(Tid::of(&self.table.get(place.slot()).context))
    }

    /// Takes all tasks off a list and wakes them, in their order.
    pub(super) fn wake_all(&mut self, list: &WaitList) -> usize {
        let parked = list.parked();
        (0..parked).map_while(|_| self.wake_one(list)).count()
    }

    /// Moves a waiting task to the ready queue; anybody else is left alone.
    pub(super) fn make_ready(&mut self, slot: u32, cause: impl FnOnce(&Core) -> Cause) {
        let task = &self.table.get(slot).context;
        if State::of(task) == State::Waiting {
            State::Woken.put(task);
            let task = task.clone();
            let tid = Tid::of(&task);
            self.ready.push(task);
            self.note_woken(tid, cause);
        }
    }

    /// Wakes a task at `deadline`, and whenever else it is woken.
    pub(super) fn set_timer(&mut self, place: Place, deadline: u64) {
        let wait = self.table.wait_mut(place);
        if let Some(old) = wait.timer.take() {
            self.timers.remove(old);
        }
        wait.due = false;
        wait.timer = Some(self.timers.set(deadline, Due::Wait(place)));
        if self.is_observed() {
            let tid = Tid::of(&self.table.get(place.slot()).context);
            self.tell_timer(tid, TimerDid::Set(Duration::from_nanos(deadline)));
        }
        State::set_enrolled(&self.table.get(place.slot()).context, true);
    }

    /// Carries out all timers whose time has come, those too that are set meanwhile.
    pub(super) fn fire_due(&mut self) {
        // Posts that come of it are nobody's whose turn it was.
        self.end_turns();
        let now = self.clock.seen();
        while let Some(due) = self.timers.take_due(now) {
            match due {
                Due::Wait(place) => {
                    let wait = self.table.wait_mut(place);
                    wait.timer = None;
                    wait.due = true;
                    self.tell_fired(place.slot());
                    self.make_ready(place.slot(), |_| Cause::Timer);
                }
                Due::Arrival(slot) => self.arrive(slot),
                Due::Stop => self.end_grace(),
                Due::Scope(slot, scope) => self.expire(slot, scope),
            }
        }
    }

    fn tell_fired(&mut self, slot: u32) {
        if self.is_observed() {
            let tid = Tid::of(&self.table.get(slot).context);
            self.tell_timer(tid, TimerDid::Fired);
        }
    }

    /// Empties a task's wait slots: its call is over.
    #[inline(never)]
    pub(super) fn clear_wait(&mut self, slot: u32) {
        self.clear_place(Place::new(slot, 0));
        let record = self.table.get_mut(slot);
        State::set_enrolled(&record.context, false);
        if record.extra.is_some() {
            self.clear_branches(slot);
        }
    }

    #[inline(always)]
    fn clear_place(&mut self, place: Place) {
        self.leave(place);
        let wait = self.table.wait_mut(place);
        wait.due = false;
        wait.woken = false;
        wait.not_alone = false;
        wait.exit = None;
        if let Some(timer) = wait.timer.take() {
            self.timers.remove(timer);
        }
    }

    #[cold]
    fn clear_branches(&mut self, slot: u32) {
        for branch in 1..self.table.get(slot).branches() {
            self.clear_place(Place::new(slot, branch));
        }
        let extra = self.table.get_mut(slot).extra();
        extra.more.clear();
        extra.choice = None;
    }
}

/// The ends of the list that a queue names.
fn ends<'a>(table: &'a Table, queue: &'a Queue) -> &'a Ends {
    match queue {
        Queue::List(list) => &list.ends,
        Queue::ExitOf(slot) => &table.get(*slot).joiners,
        Queue::None => unreachable!("a task in no list has no ends"),
    }
}
