//! What the holders of something have to do with the waits for it.

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
    Unknown,
}

impl Holding {
    /// Whether only the holders, or those ahead in line, can end a wait.
    pub(in crate::kernel) fn is_certain(self) -> bool {
        matches!(self, Self::Any | Self::All | Self::AllInLine)
    }
}
