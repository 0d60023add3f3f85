//! What a system call sees of the kernel while it is served.

use std::time::{Duration, Instant};

use super::facts::set_params;
use super::handle::PostHandle;
use super::list::WaitList;
use super::task::Task;
use super::{Core, birth, exit, snapshot, wake};
use crate::devices::nanoseconds;
use crate::kernel::abi::policy::WantedPolicy;
use crate::kernel::abi::{Exit, NoSuchTask, Policy, SchedParams, SpawnError, TaskInfo, Tid};
use crate::kernel::parts::{Chance, Traits, catch_user_panic};
use crate::machine::{End, TaskRef, WaitNode};

/// The kernel, as a system call sees it while it is served.
///
/// The lifetime keeps two schedulers apart: no safe code can swap one for the other.
pub struct Kernel<'k> {
    core: &'k mut Core,
    /// The task whose call is being served, if one is.
    task: Option<&'k TaskRef>,
    /// Which branch is being served, of a call that waits in several places.
    branch: Option<u32>,
}

impl<'k> Kernel<'k> {
    /// As the calls of a task see it, or what comes from outside.
    #[inline(always)]
    pub(in crate::kernel) fn new(core: &'k mut Core, task: Option<&'k TaskRef>) -> Self {
        Self {
            core,
            task,
            branch: None,
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
        snapshot::infos(self.core)
    }

    /// Takes a task over; it goes to the tail of the run queue.
    pub fn create_task(&mut self, task: Task) -> Tid {
        birth::create_task(&self.core.shared, task)
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
        exit::kill(self.core, tid)
    }

    /// Wakes a task from whatever it waits for, so that its call is served again; says whether it
    /// waited. A hint: a call whose condition does not hold waits on.
    pub fn wake(&mut self, tid: Tid) -> bool {
        self.core.wake(tid, self.core.waker())
    }

    /// Puts the caller at the tail of a list; if it is there already, it keeps its place. One that was
    /// woken has left the list, so parking again puts it behind the others.
    ///
    /// # Panics
    ///
    /// If `caller` is not the task whose call is being served, or another scheduler's tasks are
    /// parked on the list.
    #[inline]
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
            None => wake::park(self.core, task, task.wait(), list, end),
            Some(_) => self.at_node(caller, |core, task, node| {
                wake::park(core, task, node, list, end);
            }),
        }
    }

    /// Whether a list that the caller was parked on has woken it, during this call.
    #[inline(always)]
    #[must_use]
    pub fn woken(&self, caller: Tid) -> bool {
        self.seen(caller, |wait| wait.woken.get())
    }

    /// Wakes the task that has been parked on the list longest; says which that was.
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

    /// Makes a new task; it goes to the tail of the run queue.
    #[inline]
    pub(crate) fn spawn(
        &mut self,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<Tid, SpawnError> {
        Ok(Tid::of(&birth::spawn(&self.core.shared, traits, f)?))
    }

    /// Wakes the caller when `duration` has passed; see [`wake_at`](Self::wake_at).
    pub(crate) fn wake_after(&mut self, caller: Tid, duration: Duration) {
        let now = self.core.clock.read();
        self.set_timer(caller, now.saturating_add(nanoseconds(duration)));
    }

    /// Wakes the caller at `deadline`, in nanoseconds of the scheduler's clock.
    pub(in crate::kernel) fn set_timer(&mut self, caller: Tid, deadline: u64) {
        let branch = self.branch.unwrap_or(0);
        self.at_node(caller, |core, task, node| {
            wake::set_timer(core, task, branch, node, deadline);
        });
    }

    /// Says, while a call is abandoned, that what it waited for had been granted before: the wait was not
    /// broken off, and no scope reports that it was.
    ///
    /// For an `abandon` that answers with success.
    pub fn was_granted(&mut self) {
        self.core.granted = true;
    }

    /// Whether the call that was just abandoned had been granted; asked once.
    pub(crate) fn take_granted(&mut self) -> bool {
        std::mem::take(&mut self.core.granted)
    }

    /// Blocks the whole loop.
    pub(crate) fn block(&mut self, duration: Duration) {
        let now = self.core.clock.read();
        let until = now.saturating_add(nanoseconds(duration));
        self.core.clock.wait_until(until);
    }

    /// Puts a policy in force from the next pick on; see [`Scheduler::set_policy`](crate::Scheduler::set_policy).
    pub fn set_policy(&mut self, policy: Box<dyn Policy>) {
        let before = self.core.take_module::<WantedPolicy>();
        catch_user_panic(|| drop(before));
        self.core.put_module(Box::new(WantedPolicy(policy)));
        self.core.call_attention();
    }

    /// Lets a task claim something else from now on.
    ///
    /// # Errors
    ///
    /// If the task has ended or is another scheduler's.
    pub fn set_params(&mut self, tid: Tid, claim: SchedParams) -> Result<(), NoSuchTask> {
        let task = self.core.find(tid).ok_or(NoSuchTask(tid))?;
        set_params(self.core, &task, claim);
        Ok(())
    }

    /// The source of random choices.
    pub(crate) fn chance(&mut self) -> &mut Chance {
        &mut self.core.chance
    }

    pub(crate) fn poster(&self) -> PostHandle {
        PostHandle::to(&self.core.shared)
    }

    /// Lets the caller wait until `target` has ended; then [`exit_seen`](Self::exit_seen) says how.
    pub(crate) fn park_on_exit(&mut self, caller: Tid, target: Tid) -> Result<(), NoSuchTask> {
        let target = self.core.find(target).ok_or(NoSuchTask(target))?;
        self.at_node(caller, |_, task, node| {
            wake::park_on_exit(task, node, &target);
        });
        Ok(())
    }

    /// How `target` ended, if the caller waited for it during this call, and it has; told once.
    pub(crate) fn exit_seen(&mut self, caller: Tid, target: Tid) -> Option<Exit> {
        self.served(caller);
        self.seen(caller, |wait| wait.take_exit_of(target))
    }

    /// Lets something be done at the caller's wait, in the branch that is being served.
    #[inline(always)]
    fn at_node(&mut self, caller: Tid, act: impl FnOnce(&mut Core, &TaskRef, &WaitNode)) {
        let task = self.served(caller);
        let node;
        let node = match self.branch {
            None | Some(0) => task.wait(),
            Some(branch) => {
                node = task.branch(branch);
                &*node
            }
        };
        act(self.core, task, node);
    }

    /// What is seen at the caller's wait, in the branch that is being served; nothing, if there is none.
    #[inline(always)]
    pub(in crate::kernel) fn seen<R: Default>(
        &self,
        caller: Tid,
        look: impl FnOnce(&WaitNode) -> R,
    ) -> R {
        match self.task {
            Some(task) if Tid::of(task) == caller => self.seen_of(task, look),
            _ => self.seen_of_another(caller, look),
        }
    }

    #[inline(always)]
    fn seen_of<R: Default>(&self, task: &TaskRef, look: impl FnOnce(&WaitNode) -> R) -> R {
        match self.branch.unwrap_or(0) {
            0 => look(task.wait()),
            branch if branch <= task.branch_count() => look(&task.branch(branch)),
            _ => R::default(),
        }
    }

    #[cold]
    fn seen_of_another<R: Default>(&self, tid: Tid, look: impl FnOnce(&WaitNode) -> R) -> R {
        let task = self.core.table.find(tid);
        task.map_or_else(R::default, |task| self.seen_of(&task, look))
    }

    /// What the modules of the kernel work on.
    pub(in crate::kernel) fn core(&mut self) -> &mut Core {
        self.core
    }

    /// Which branch of the caller's call is being served, if it has several.
    pub(in crate::kernel) fn served_branch(&self) -> Option<u32> {
        self.branch
    }

    /// The task whose call is being served, which the caller must be.
    #[inline(always)]
    pub(in crate::kernel) fn served(&self, caller: Tid) -> &'k TaskRef {
        match self.task {
            Some(task) if Tid::of(task) == caller => task,
            _ => not_served(caller),
        }
    }

    /// The kernel as one branch of a call that waits in several places sees it: each branch parks, sets
    /// its timer and is woken on its own.
    ///
    /// # Panics
    ///
    /// Within a branch: branches do not branch.
    pub(crate) fn branch(&mut self, branch: u32) -> Kernel<'_> {
        assert!(
            self.branch.is_none(),
            "a select within a select: list all branches in one"
        );
        Kernel {
            core: self.core,
            task: self.task,
            branch: Some(branch),
        }
    }

    /// Takes the caller out of the list that it waits in.
    pub(crate) fn leave(&mut self, caller: Tid) {
        self.served(caller);
        self.seen(caller, WaitNode::leave);
    }

    /// Whether something has happened, during this call, that this branch waited for.
    pub(crate) fn is_roused(&self, caller: Tid) -> bool {
        self.seen(caller, |wait| wait.is_roused())
    }
}

#[cold]
#[inline(never)]
fn not_served(caller: Tid) -> ! {
    panic!("task {caller} is not the one whose call is being served")
}
