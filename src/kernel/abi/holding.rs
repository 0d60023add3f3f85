//! What the holders of something have to do with the waits for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::tid::Tid;

/// What it takes of the holders of a [`WaitList`](crate::WaitList) to end a wait on it.
///
/// It decides what is said of a cycle of waits. One that goes only through [`Any`](Self::Any),
/// [`All`](Self::All), [`AllInLine`](Self::AllInLine) and the ends of tasks is certain: it is logged as
/// soon as it is closed, though other tasks run on. Any other is only likely: the report of a stuck run
/// tells of it, and says so.
///
/// ```
/// use coros::kernel::Holding;
/// use coros::{Scheduler, WaitList, call, syscall::{GetTid, Park}};
///
/// let desk = WaitList::new().named("the desk");
/// desk.set_holding(Holding::Any); // so a cycle through it is certain
/// let mut sched = Scheduler::new();
/// sched.spawn(move || {
///     desk.add_holder(call(GetTid));
///     call(Park(&desk)).unwrap();
/// });
/// let stuck = sched.run().unwrap_err().to_string();
/// assert!(stuck.contains("cycle: task 1 waits for the desk held by task 1"));
/// assert!(!stuck.contains("likely"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Holding {
    /// Any one of the holders can end a wait, and no other task can: as the owner of a mutex.
    Any,
    /// Only all of the holders together can: as the members of a group.
    All,
    /// Only all of the holders together can, and they let in the first in line. Those behind it wait
    /// for it to go in, or to give up: as behind a writer that waits for the readers of a lock.
    AllInLine,
    /// Any one of the holders can, but so can tasks that hold nothing: as with a semaphore, to which any
    /// task may add permits.
    #[default]
    OrOthers,
    /// The holders are a guess: as the last task that sent through a channel.
    Perhaps,
}

impl Holding {
    /// Whether only the holders, or those ahead in line, can end a wait.
    pub(in crate::kernel) fn is_certain(self) -> bool {
        matches!(self, Self::Any | Self::All | Self::AllInLine)
    }
}

/// The holders of something, as far as they are known, and how often each holds it.
pub(in crate::kernel) struct Holders {
    /// Most things have one at a time.
    first: Cell<Tid>,
    /// Further holds; some things have a great many.
    more: RefCell<BTreeMap<Tid, usize>>,
}

impl Default for Holders {
    fn default() -> Self {
        Self {
            first: Cell::new(Tid::NOBODY),
            more: RefCell::default(),
        }
    }
}

impl Holders {
    #[inline]
    pub(in crate::kernel) fn add(&self, tid: Tid) {
        match self.is_empty() {
            true => self.first.set(tid),
            false if tid == Tid::NOBODY => {}
            false => *self.more.borrow_mut().entry(tid).or_default() += 1,
        }
    }

    /// Takes one hold of a task away, if it has one.
    #[inline]
    pub(in crate::kernel) fn remove(&self, tid: Tid) {
        let is_first = self.first.get() == tid;
        if is_first && self.more.borrow().is_empty() {
            self.first.set(Tid::NOBODY);
        } else {
            self.remove_one_of_several(tid, is_first);
        }
    }

    #[inline(never)]
    fn remove_one_of_several(&self, tid: Tid, is_first: bool) {
        let mut more = self.more.borrow_mut();
        // One of the further holds, if it has one; else the first is the next one's.
        let named = match is_first {
            true if !more.contains_key(&tid) => more.first_key_value().map(|next| *next.0),
            _ => more.contains_key(&tid).then_some(tid),
        };
        let Some(named) = named else { return };
        if is_first {
            self.first.set(named);
        }
        if let Entry::Occupied(mut holds) = more.entry(named) {
            *holds.get_mut() -= 1;
            if *holds.get() == 0 {
                holds.remove();
            }
        }
    }

    /// Whether none is known.
    #[inline]
    pub(in crate::kernel) fn is_empty(&self) -> bool {
        self.first.get() == Tid::NOBODY
    }

    /// One of them: the only one, if there is one.
    #[inline(always)]
    pub(in crate::kernel) fn first(&self) -> Option<Tid> {
        (!self.is_empty()).then(|| self.first.get())
    }

    /// The only one, if there are not several.
    pub(in crate::kernel) fn sole(&self) -> Option<Tid> {
        self.first().filter(|_| self.more.borrow().is_empty())
    }

    #[inline]
    pub(in crate::kernel) fn contains(&self, tid: Tid) -> bool {
        let is_first = self.first.get() == tid && tid != Tid::NOBODY;
        is_first || self.more.borrow().contains_key(&tid)
    }

    pub(in crate::kernel) fn all(&self) -> Vec<Tid> {
        self.some(usize::MAX)
    }

    /// So many of them, if there are so many.
    pub(in crate::kernel) fn some(&self, limit: usize) -> Vec<Tid> {
        let more = self.more.borrow();
        let all = self.first().into_iter().chain(more.keys().copied());
        all.take(limit).collect()
    }
}
