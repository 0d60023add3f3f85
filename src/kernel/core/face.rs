//! The kernel's face: what a system call sees of it while it is served.

use std::time::Instant;

use super::Core;
use super::list::WaitList;
use super::task::Task;
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::info::TaskInfo;
use crate::kernel::abi::tid::{NoSuchTask, Tid};
use crate::machine::{End, TaskRef};

/// The kernel, as a system call sees it while it is served.
///
/// The lifetime keeps two schedulers apart: no safe code can swap one for the other.
pub struct Kernel<'k> {
    pub(in crate::kernel) core: &'k mut Core,
    /// The task whose call is being served, if one is.
    pub(in crate::kernel) task: Option<&'k TaskRef>,
    /// Which branch of a call that waits in several places is being served.
    pub(in crate::kernel) branch: u32,
    /// Whether it is a branch of such a call.
    pub(in crate::kernel) branched: bool,
}

impl<'k> Kernel<'k> {
    #[inline(always)]
    pub(in crate::kernel) fn new(core: &'k mut Core) -> Self {
        Self {
            core,
            task: None,
            branch: 0,
            branched: false,
        }
    }

    /// As one of a task's calls sees it.
    #[inline(always)]
    pub(in crate::kernel) fn serving(core: &'k mut Core, task: &'k TaskRef) -> Self {
        Self {
            core,
            task: Some(task),
            branch: 0,
            branched: false,
        }
    }

    /// The time, read from the scheduler's clock.
    #[must_use]
    pub fn now(&mut self) -> Instant {
        let now = self.core.clock.read();
        self.core.clock.instant(now)
    }

    /// All tasks that have not ended, in no particular order.
    pub fn tasks(&self) -> impl Iterator<Item = TaskInfo> {
        self.core.infos()
    }

    /// Takes a task over; it goes to the tail of the ready queue.
    pub fn create_task(&mut self, task: Task) -> Tid {
        self.core.shared.create_task(task)
    }

    /// The size of stack that tasks get here unless they ask otherwise, in bytes.
    #[must_use]
    pub fn stack_size(&self) -> usize {
        self.core.stack_size
    }

    /// Kills a task: its stack is unwound at once, its destructors run, its waiters are woken.
    ///
    /// Before the next task is picked instead, if it is the caller itself, or if the caller is
    /// unwinding.
    ///
    /// The victim's call is abandoned and its destructors run before this returns: hold no borrow that
    /// they may want, and leave your own state whole.
    ///
    /// # Errors
    ///
    /// If the task has ended, is dying already or is another scheduler's.
    pub fn kill(&mut self, tid: Tid) -> Result<(), NoSuchTask> {
        self.core.kill(tid)
    }

    /// Wakes a task from whatever it waits for, so that its call is served again; says whether it
    /// waited. A hint: a call whose condition does not hold waits on.
    pub fn wake(&mut self, tid: Tid) -> bool {
        let cause = self.core.waker();
        self.wake_for(tid, cause)
    }

    /// As `wake`, for a cause.
    pub(in crate::kernel) fn wake_for(&mut self, tid: Tid, cause: Cause) -> bool {
        self.core.wake(tid, cause)
    }

    /// Puts the caller at the tail of a list; if it is there already, it keeps its place. One that was
    /// woken has left the list, so parking again puts it behind the others.
    ///
    /// # Panics
    ///
    /// If `caller` is not the task whose call is being served, or another scheduler's tasks are
    /// parked on the list.
    pub fn park(&mut self, caller: Tid, list: &WaitList) {
        self.park_at(caller, list, End::Tail);
    }

    /// As [`park`](Self::park), at the head of the list: for one that was woken in its turn, but must
    /// wait on.
    ///
    /// # Panics
    ///
    /// As [`park`](Self::park).
    pub fn park_first(&mut self, caller: Tid, list: &WaitList) {
        self.park_at(caller, list, End::Head);
    }

    #[inline(always)]
    fn park_at(&mut self, caller: Tid, list: &WaitList, end: End) {
        let task = self.served(caller);
        match self.branch {
            0 => self.core.park(task, task.wait(), list, end),
            branch => self.core.park(task, &task.branch(branch), list, end),
        }
    }

    /// Whether a list that the caller was parked on has woken it, during this call.
    #[must_use]
    pub fn woken(&self, caller: Tid) -> bool {
        self.seen(caller, |wait| wait.woken.get())
    }

    /// Wakes whoever has been parked on the list longest; says who that was.
    pub fn wake_one(&mut self, list: &WaitList) -> Option<Tid> {
        self.has(list).then(|| list.wake_first()).flatten()
    }

    /// Wakes all who are parked on the list, in their order; says how many.
    pub fn wake_all(&mut self, list: &WaitList) -> usize {
        let parked = if self.has(list) { list.parked() } else { 0 };
        (0..parked).map_while(|_| list.wake_first()).count()
    }

    /// Whether the tasks that are parked on a list are this scheduler's.
    #[inline(always)]
    fn has(&self, list: &WaitList) -> bool {
        list.0.home.get() == self.core.table.scheduler
    }

    /// Wakes the caller at `deadline`, instead of at one set before during this call.
    ///
    /// # Panics
    ///
    /// If `caller` is not the task whose call is being served.
    pub fn wake_at(&mut self, caller: Tid, deadline: Instant) {
        let deadline = self.core.clock.time(deadline);
        self.set_timer(caller, deadline);
    }

    /// The deadline that the caller set during this call and that is still to come.
    #[must_use]
    pub fn deadline(&self, caller: Tid) -> Option<Instant> {
        let timer = self.seen(caller, |wait| wait.timer.get())?;
        let deadline = self.core.timers.deadline(timer)?;
        Some(self.core.clock.instant(deadline))
    }

    /// Whether the deadline that the caller set during this call has come.
    #[must_use]
    pub fn is_due(&self, caller: Tid) -> bool {
        self.seen(caller, |wait| wait.due.get())
    }
}
