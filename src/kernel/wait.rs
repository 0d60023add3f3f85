//! Waiting: lists to park on, and what each task keeps of the wait it is in.
//!
//! A task waits in one place at a time, so its links lie in its own record, in its one wait slot:
//! joining a list, leaving it and being woken are O(1) and allocate nothing. The slot is emptied as
//! soon as the call has its reply, whatever the reply is; so no list and no timer keeps a task that
//! has gone on, was interrupted or was killed.

use std::cell::Cell;
use std::rc::Rc;

use super::core::Core;
use super::list::{List, WaitList};
use super::table::{State, Table};
use super::task::Exit;
use super::tid::Tid;
use super::timers::Timer;

/// No slot.
const NIL: u32 = u32::MAX;

/// The two ends of a list whose links lie in wait slots.
pub(super) struct Ends {
    head: Cell<u32>,
    tail: Cell<u32>,
}

impl Ends {
    pub(super) const fn new() -> Self {
        Self {
            head: Cell::new(NIL),
            tail: Cell::new(NIL),
        }
    }

    pub(super) fn first(&self) -> Option<u32> {
        Some(self.head.get()).filter(|&slot| slot != NIL)
    }
}

/// Which list a task is in.
#[derive(Default)]
pub(super) enum Queue {
    #[default]
    None,
    /// A wait list of the users'.
    List(Rc<List>),
    /// The joiners of the task in this slot.
    ExitOf(u32),
}

/// What a task keeps of the wait it is in.
#[derive(Default)]
pub(super) struct WaitSlot {
    pub(super) queue: Queue,
    prev: Cell<u32>,
    next: Cell<u32>,
    /// The timer, while it is set.
    pub(super) timer: Option<Timer>,
    /// The timer has gone off.
    pub(super) due: bool,
    /// The list it was parked on has chosen it.
    pub(super) woken: bool,
    /// The task that it waited for, and how that ended.
    pub(super) exit: Option<Box<(Tid, Exit)>>,
    /// When the wait began, in nanoseconds of the scheduler's clock.
    pub(super) since: u64,
}

impl Core {
    /// Puts a task at the tail of a list, unless it is there already.
    pub(super) fn park(&mut self, slot: u32, list: &WaitList) {
        match &self.table.get(slot).wait.queue {
            Queue::List(now) if Rc::ptr_eq(now, &list.0) => return,
            _ => self.leave(slot),
        }
        if !self.is_home_of(list) {
            assert!(list.is_empty(), "{list:?} belongs to another scheduler");
            list.0.home.replace(Rc::downgrade(&self.mail));
        }
        list.0.len.set(list.len() + 1);
        self.enlist(slot, Queue::List(Rc::clone(&list.0)));
    }

    fn is_home_of(&self, list: &WaitList) -> bool {
        std::ptr::eq(list.0.home.borrow().as_ptr(), Rc::as_ptr(&self.mail))
    }

    /// Lets a task wait for the end of another.
    pub(super) fn park_on_exit(&mut self, slot: u32, target: u32) {
        match self.table.get(slot).wait.queue {
            Queue::ExitOf(now) if now == target => return,
            _ => self.leave(slot),
        }
        self.enlist(slot, Queue::ExitOf(target));
    }

    fn enlist(&mut self, slot: u32, queue: Queue) {
        let ends = ends(&self.table, &queue);
        let last = ends.tail.replace(slot);
        if last == NIL {
            ends.head.set(slot);
        } else {
            self.table.get(last).wait.next.set(slot);
        }
        let record = self.table.get_mut(slot);
        record.wait.prev.set(last);
        record.wait.next.set(NIL);
        record.wait.queue = queue;
        record.wait.woken = false;
        State::set_enrolled(&record.context, true);
    }

    /// Takes a task out of the list that it is in.
    pub(super) fn leave(&mut self, slot: u32) {
        let wait = &mut self.table.get_mut(slot).wait;
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
            prev => self.table.get(prev).wait.next.set(next),
        }
        match next {
            NIL => ends.tail.set(prev),
            next => self.table.get(next).wait.prev.set(prev),
        }
    }

    /// Takes the first task off a list and wakes it.
    pub(super) fn wake_one(&mut self, list: &WaitList) -> Option<Tid> {
        if !self.is_home_of(list) {
            return None;
        }
        let slot = list.0.ends.first()?;
        self.leave(slot);
        let record = self.table.get_mut(slot);
        record.wait.woken = true;
        let tid = Tid::of(&record.context);
        self.make_ready(slot);
        Some(tid)
    }

    /// Takes all tasks off a list and wakes them, in their order.
    pub(super) fn wake_all(&mut self, list: &WaitList) -> usize {
        let parked = list.len();
        (0..parked).map_while(|_| self.wake_one(list)).count()
    }

    /// Moves a waiting task to the ready queue; anybody else is left alone.
    pub(super) fn make_ready(&mut self, slot: u32) {
        let task = &self.table.get(slot).context;
        if State::of(task) == State::Waiting {
            State::Woken.put(task);
            if let Some(watch) = &mut self.watch {
                watch.woke.push(Tid::of(task));
            }
            self.ready.push(task.clone());
        }
    }

    /// Wakes a task at `deadline`, and whenever else it is woken.
    pub(super) fn set_timer(&mut self, slot: u32, deadline: u64) {
        let record = self.table.get_mut(slot);
        if let Some(old) = record.wait.timer.take() {
            self.timers.remove(old);
        }
        record.wait.due = false;
        record.wait.timer = Some(self.timers.set(deadline, slot));
        State::set_enrolled(&record.context, true);
    }

    /// Wakes everybody whose time has come.
    pub(super) fn fire_due(&mut self) {
        let now = self.clock.seen();
        while let Some(slot) = self.timers.take_due(now) {
            let wait = &mut self.table.get_mut(slot).wait;
            wait.timer = None;
            wait.due = true;
            self.make_ready(slot);
        }
    }

    /// Empties a task's wait slot: its call is over.
    #[inline(never)]
    pub(super) fn clear_wait(&mut self, slot: u32) {
        self.leave(slot);
        let record = self.table.get_mut(slot);
        State::set_enrolled(&record.context, false);
        let wait = &mut record.wait;
        wait.due = false;
        wait.woken = false;
        wait.exit = None;
        if let Some(timer) = wait.timer.take() {
            self.timers.remove(timer);
        }
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
