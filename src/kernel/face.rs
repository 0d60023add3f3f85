//! The kernel's face: what a system call sees of it while it is served.

use std::time::{Duration, Instant};

use super::core::Core;
use super::list::WaitList;
use super::mail::Poster;
use super::stuck::TaskInfo;
use super::table::State;
use super::task::{Exit, SpawnError, Task, Traits};
use super::tid::{NoSuchTask, Tid};
use super::wait::WaitSlot;
use crate::devices;

/// The kernel, as a system call sees it while it is served.
///
/// The lifetime keeps two schedulers apart: no safe code can swap one for the other.
pub struct Kernel<'k> {
    core: &'k mut Core,
}

impl<'k> Kernel<'k> {
    #[inline(always)]
    pub(super) fn new(core: &'k mut Core) -> Self {
        Self { core }
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
        self.core.create_task(task)
    }

    /// Makes a new task; it goes to the tail of the ready queue.
    #[inline]
    pub(crate) fn spawn(
        &mut self,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<Tid, SpawnError> {
        self.core.spawn(traits, f)
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
        let waiting = self
            .core
            .table
            .find(tid)
            .filter(|&slot| State::of(&self.core.table.get(slot).context) == State::Waiting);
        waiting
            .inspect(|&slot| self.core.make_ready(slot))
            .is_some()
    }

    /// Puts the caller at the tail of a list; if it is there already, it keeps its place. One that was
    /// woken has left the list, so parking again puts it behind the others.
    ///
    /// # Panics
    ///
    /// If `caller` is not the task whose call is being served, or another scheduler's tasks are
    /// parked on the list.
    pub fn park(&mut self, caller: Tid, list: &WaitList) {
        let slot = self.slot_of(caller);
        self.core.park(slot, list);
    }

    /// Whether a list that the caller was parked on has woken it, during this call.
    #[must_use]
    pub fn woken(&self, caller: Tid) -> bool {
        self.wait_of(caller).is_some_and(|wait| wait.woken)
    }

    /// Wakes whoever has been parked on the list longest; says who that was.
    pub fn wake_one(&mut self, list: &WaitList) -> Option<Tid> {
        self.core.wake_one(list)
    }

    /// Wakes all who are parked on the list, in their order; says how many.
    pub fn wake_all(&mut self, list: &WaitList) -> usize {
        self.core.wake_all(list)
    }

    /// Wakes the caller at `deadline`, instead of at one set before during this call.
    ///
    /// # Panics
    ///
    /// If `caller` is not the task whose call is being served.
    pub fn wake_at(&mut self, caller: Tid, deadline: Instant) {
        let slot = self.slot_of(caller);
        let deadline = self.core.clock.time(deadline);
        self.core.set_timer(slot, deadline);
    }

    /// Wakes the caller when `duration` has passed; see [`wake_at`](Self::wake_at).
    pub(crate) fn wake_after(&mut self, caller: Tid, duration: Duration) {
        let slot = self.slot_of(caller);
        let now = self.core.clock.read();
        let duration = devices::nanoseconds(duration);
        self.core.set_timer(slot, now.saturating_add(duration));
    }

    /// The deadline that the caller set during this call and that is still to come.
    #[must_use]
    pub fn deadline(&self, caller: Tid) -> Option<Instant> {
        let timer = self.wait_of(caller)?.timer?;
        Some(self.core.clock.instant(timer.deadline))
    }

    /// Whether the deadline that the caller set during this call has come.
    #[must_use]
    pub fn is_due(&self, caller: Tid) -> bool {
        self.wait_of(caller).is_some_and(|wait| wait.due)
    }

    pub(crate) fn poster(&self) -> Poster {
        self.core.poster()
    }

    /// Lets the caller wait until `target` has ended; then [`exit_seen`](Self::exit_seen) says how.
    pub(crate) fn park_on_exit(&mut self, caller: Tid, target: Tid) -> Result<(), NoSuchTask> {
        let slot = self.slot_of(caller);
        let target = self.core.table.find(target).ok_or(NoSuchTask(target))?;
        self.core.park_on_exit(slot, target);
        Ok(())
    }

    /// How `target` ended, if the caller waited for it during this call.
    pub(crate) fn exit_seen(&mut self, caller: Tid, target: Tid) -> Option<Exit> {
        let slot = self.slot_of(caller);
        let seen = &mut self.core.table.get_mut(slot).wait.exit;
        seen.take_if(|seen| seen.0 == target).map(|seen| seen.1)
    }

    fn wait_of(&self, caller: Tid) -> Option<&WaitSlot> {
        let slot = self.core.table.find(caller)?;
        Some(&self.core.table.get(slot).wait)
    }

    fn slot_of(&self, caller: Tid) -> u32 {
        let slot = self.core.table.find(caller);
        let served = slot.filter(|&slot| slot == self.core.serving);
        served.unwrap_or_else(|| panic!("task {caller} is not the one whose call is being served"))
    }
}
