//! Wait lists: queues of tasks, to park on and to wake from.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use super::mail::{Mailbox, Post};
use super::wait::Ends;

/// A queue of tasks that wait until somebody wakes them: the building block of everything that waits.
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
/// let bell = WaitList::named("bell");
/// let mut sched = Scheduler::new();
/// let heard = sched.spawn({
///     let bell = bell.clone();
///     move || call(Park(&bell)).is_ok()
/// });
/// sched.spawn(move || assert!(call(WakeOne(&bell)).is_some()));
/// sched.run().unwrap();
/// assert!(heard.join().unwrap());
/// ```
#[derive(Clone)]
pub struct WaitList(pub(super) Rc<List>);

/// What the handles of a wait list share.
pub(super) struct List {
    pub(super) ends: Ends,
    pub(super) len: Cell<usize>,
    name: Option<Rc<str>>,
    /// Where wakes from outside the kernel go: the scheduler whose tasks are parked here.
    pub(super) home: RefCell<Weak<Mailbox>>,
}

impl WaitList {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::make(None)
    }

    /// An empty list that traces and reports call by its name.
    #[must_use]
    pub fn named(name: impl Into<Rc<str>>) -> Self {
        Self::make(Some(name.into()))
    }

    fn make(name: Option<Rc<str>>) -> Self {
        Self(Rc::new(List {
            ends: Ends::new(),
            len: Cell::new(0),
            name,
            home: RefCell::default(),
        }))
    }

    /// How many tasks are parked here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len.get()
    }

    /// Whether nobody is parked here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Wakes whoever has waited longest, before the next task is picked.
    ///
    /// A post: it never suspends, so it may be used in `Drop` and outside tasks. Posts are read after the
    /// caller's turn, so after the wakes of its calls. Who is woken is decided when the post is read;
    /// without waiters nothing happens.
    #[inline]
    pub fn wake_one(&self) {
        self.post(Post::WakeOne);
    }

    /// As [`wake_one`](Self::wake_one), for all who are parked here when the post is read.
    pub fn wake_all(&self) {
        self.post(Post::WakeAll);
    }

    #[inline(always)]
    fn post(&self, post: impl FnOnce(WaitList) -> Post) {
        if !self.is_empty()
            && let Some(home) = self.0.home.borrow().upgrade()
        {
            home.put(post(self.clone()));
        }
    }
}

impl Default for WaitList {
    fn default() -> Self {
        Self::new()
    }
}

impl List {
    pub(super) fn title(&self) -> &str {
        self.name.as_deref().unwrap_or("a wait list")
    }
}

impl fmt::Display for WaitList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.title())
    }
}

impl fmt::Debug for WaitList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "WaitList({self}, {} parked)", self.len())
    }
}
