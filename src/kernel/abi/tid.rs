//! The name that a task goes by.

use std::cell::Cell;

use crate::machine::{TaskName, TaskRef};
use crate::shown::{error, shown};

/// The first number that no scheduler has: from here on, each is the home of a task driven by hand.
pub(in crate::kernel) const HOMES_BY_HAND: u64 = TaskName::SCHEDULERS / 2;

/// Names one task of one scheduler, for ever.
///
/// It prints as a small number, counted from 1 and never used twice in one scheduler's life. Beside
/// the number it carries its scheduler and its slot in the task table, so looking it up takes no
/// search, and a stale one, or one of another scheduler, names no task.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tid(TaskName);

impl Tid {
    /// Names no task: one that could not be made.
    pub(crate) const NONE: Tid = Tid(TaskName::NONE);

    pub(in crate::kernel) fn new(number: u64, scheduler: u64, slot: u32) -> Self {
        Self(TaskName::new(number, scheduler, slot))
    }

    /// A new one for a task driven by hand. It prints as 0, and is alone in a home of its own: so two
    /// such tasks are never taken for each other.
    pub(in crate::kernel) fn by_hand() -> Self {
        thread_local! {
            static MADE: Cell<u64> = const { Cell::new(0) };
        }
        let made = MADE.replace(MADE.get().wrapping_add(1));
        // The last two homes are left out: they are those of no task, and of recorded ones.
        Self::new(0, HOMES_BY_HAND + made % (HOMES_BY_HAND - 2), 0)
    }

    /// One that was read from a recording: it names no task that lives. `None` if no task has this number.
    #[cfg(feature = "record")]
    pub(in crate::kernel) fn recorded(number: u64) -> Option<Self> {
        let is_one = number < TaskName::NUMBERS;
        is_one.then(|| Self::new(number, TaskName::SCHEDULERS - 2, 0))
    }

    /// The one of the task that runs on this thread now; `None` outside tasks.
    ///
    /// Not a call: the caller keeps its turn, and nothing panics, so it will do in a destructor, in a
    /// panic hook or in a logger. A task that is driven by hand, with [`Task::run`](crate::Task::run), has
    /// no number, and gets `None`, too. Where a scheduler runs within a task, it is the innermost task.
    ///
    /// ```
    /// use coros::syscall::GetTid;
    /// use coros::{Tid, call, run};
    ///
    /// assert_eq!(Tid::current(), None);
    /// run(|| assert_eq!(Tid::current(), Some(call(GetTid)))).unwrap();
    /// ```
    #[inline(always)]
    #[must_use]
    pub fn current() -> Option<Self> {
        Self::running().filter(|running| running.number() != 0)
    }

    /// As [`current`](Self::current), of a task that is driven by hand, too: it owns what it has locked.
    #[inline(always)]
    pub(crate) fn running() -> Option<Self> {
        TaskRef::with_running(Self::of)
    }

    /// The one that is written in a task's header.
    #[inline(always)]
    pub(in crate::kernel) fn of(task: &TaskRef) -> Self {
        Self(task.name.get())
    }

    /// Writes it into a task's header.
    pub(in crate::kernel) fn write(self, task: &TaskRef) {
        task.name.set(self.0);
    }

    /// The number that it prints as.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0.number()
    }

    /// Whether both are of one scheduler.
    pub(crate) fn is_neighbour_of(self, other: Tid) -> bool {
        self.scheduler() == other.scheduler()
    }

    /// The number of its scheduler, or of the home that it has to itself.
    pub(in crate::kernel) fn scheduler(self) -> u64 {
        self.0.scheduler()
    }

    #[inline(always)]
    pub(in crate::kernel) fn slot(self) -> u32 {
        self.0.slot()
    }
}

shown!(impl Display for Tid { tid => tid.number() });

shown!(impl Debug for Tid: self => "Tid({})", self.number());

/// There is no such task: it has ended, is dying, or belongs to another scheduler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoSuchTask(pub Tid);

error! {
    NoSuchTask {
        Self(tid) => format_args!("no such task: {tid} (it has ended, or is another scheduler's)"),
    }
}
