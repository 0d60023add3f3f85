//! Wait lists: queues of tasks, to park on and to wake from.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use super::notes;
use super::shared::Shared;
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::{Holding, Tid};
use crate::kernel::parts::{Holders, Took, spend_on_reading};
use crate::machine::WaitQueue;

/// A queue of tasks that wait until they are woken: the building block of everything that waits.
///
/// First in, first out. A clone is another handle to the same list. Tasks park on it with
/// [`syscall::Park`](crate::syscall::Park), or from a call of one's own with
/// [`Kernel::park`](crate::Kernel::park). (The idea is xv6's `sleep` and `wakeup`, with the channel
/// made an object.)
///
/// ```
/// use coros::syscall::{Park, WakeOne};
/// use coros::{Scheduler, WaitList, call};
///
/// let bell = WaitList::new().named("bell");
/// let mut sched = Scheduler::new();
/// let heard = sched.spawn({
///     let bell = bell.clone();
///     move || call(Park(&bell)).is_ok()
/// });
/// sched.spawn(move || assert!(call(WakeOne(&bell)).is_some()));
/// sched.run().unwrap();
/// assert!(heard.join().unwrap());
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct WaitList(pub(in crate::kernel) WaitQueue);

/// What the handles of a wait list share, beside the links.
pub(crate) struct List {
    /// What it is, as in "a mutex"; a wait list of its own if it is part of nothing.
    kind: &'static str,
    name: RefCell<Option<Rc<str>>>,
    /// Which scheduler's observers were told of it, and by which number.
    pub(in crate::kernel) number: Cell<(u64, u64)>,
    /// The tasks that can end the waits here, as far as is known: those that hold what is waited for.
    pub(in crate::kernel) holders: Holders,
    pub(in crate::kernel) holding: Cell<Holding>,
    /// The number of the scheduler whose tasks were parked here last.
    pub(in crate::kernel) home: Cell<u64>,
}

impl WaitList {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::part_of("wait list")
    }

    /// The same list, which traces and reports call by this name.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.set_name(name);
        self
    }

    /// An empty list that belongs to something bigger, of this kind: reports speak of that.
    #[must_use]
    pub fn part_of(kind: &'static str) -> Self {
        Self(WaitQueue::new(List {
            kind,
            name: RefCell::default(),
            number: Cell::default(),
            holders: Holders::default(),
            holding: Cell::default(),
            home: Cell::default(),
        }))
    }

    /// As [`named`](Self::named), for what the list is a part of.
    pub(crate) fn set_name(&self, name: impl Into<Rc<str>>) {
        self.0.name.replace(Some(name.into()));
    }

    /// Notes that a task holds what is waited for here, so that reports can name it and find cycles.
    #[inline]
    pub fn add_holder(&self, tid: Tid) {
        self.0.holders.add(tid);
    }

    /// As [`add_holder`](Self::add_holder), of a task that took it: told to observers, too.
    #[inline(always)]
    pub(crate) fn taken_by(&self, tid: Tid) {
        self.add_holder(tid);
        notes::note_hold(&self.0, tid, Took::It);
    }

    /// As [`remove_holder`](Self::remove_holder), of a task that gave it back.
    #[inline(always)]
    pub(crate) fn given_back_by(&self, tid: Tid) {
        self.remove_holder(tid);
        notes::note_hold(&self.0, tid, Took::Back);
    }

    /// Notes, for observers, how much is in what this list is a part of.
    #[inline(always)]
    pub(crate) fn note_length(&self, len: usize) {
        notes::note_length(&self.0, len);
    }

    /// Notes that a task does not hold it any more, or once less.
    #[inline]
    pub fn remove_holder(&self, tid: Tid) {
        self.0.holders.remove(tid);
    }

    /// How many tasks are parked here.
    #[must_use]
    #[track_caller]
    pub fn len(&self) -> usize {
        spend_on_reading();
        self.parked()
    }

    /// Whether no task is parked here.
    #[must_use]
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Who holds what is waited for here, as far as is known.
    #[must_use]
    #[track_caller]
    pub fn holders(&self) -> Vec<Tid> {
        spend_on_reading();
        self.all_holders()
    }

    /// Whether this task is among the holders.
    #[must_use]
    #[track_caller]
    pub fn is_held_by(&self, tid: Tid) -> bool {
        spend_on_reading();
        self.has_holder(tid)
    }

    #[inline]
    pub(crate) fn parked(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn all_holders(&self) -> Vec<Tid> {
        self.0.holders.all()
    }

    #[inline]
    pub(crate) fn has_holder(&self, tid: Tid) -> bool {
        self.0.holders.contains(tid)
    }

    /// One of the holders: the only one, if there is one.
    #[inline(always)]
    pub(crate) fn holder(&self) -> Option<Tid> {
        self.0.holders.first()
    }

    /// What it takes of the holders to end a wait here; [`Holding::OrOthers`] unless it is said.
    pub fn set_holding(&self, holding: Holding) {
        self.0.holding.set(holding);
    }

    /// Wakes the task that has waited longest: it goes to the tail of the run queue at once.
    ///
    /// Not a call: it never suspends, so it may be used in `Drop` and outside tasks. Without waiters nothing
    /// happens.
    #[inline]
    pub fn wake_one(&self) {
        self.wake_first();
    }

    /// As [`wake_one`](Self::wake_one), for all tasks that are parked here now, in their order.
    pub fn wake_all(&self) {
        for _ in 0..self.parked() {
            self.wake_first();
        }
    }

    /// As [`wake_one`](Self::wake_one); says which task it was.
    #[inline(always)]
    pub(crate) fn wake_first(&self) -> Option<Tid> {
        self.wake_first_for(Shared::waker)
    }

    /// The same, for a cause.
    #[inline(always)]
    pub(in crate::kernel) fn wake_first_for(
        &self,
        cause: impl FnOnce(&Shared) -> Cause,
    ) -> Option<Tid> {
        let task = self.0.pop(|wait| wait.woken.set(true))?;
        let tid = Tid::of(&task);
        Shared::make_ready(task, cause);
        Some(tid)
    }
}

impl Default for WaitList {
    fn default() -> Self {
        Self::new()
    }
}

impl List {
    /// What it is and which, as in "mutex 'accounts'".
    pub(in crate::kernel) fn title(&self) -> String {
        match &*self.name.borrow() {
            Some(name) if self.kind == "wait list" => name.to_string(),
            Some(name) => format!("{} '{name}'", self.kind),
            None if self.kind.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {}", self.kind),
            None => format!("a {}", self.kind),
        }
    }
}

impl fmt::Display for WaitList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.title())
    }
}

impl fmt::Debug for WaitList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "WaitList({self}, {} parked)", self.parked())
    }
}
