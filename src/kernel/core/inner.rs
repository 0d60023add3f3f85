//! The kernel's inner face: what the crate's own calls see of it, beside what everybody's do.

use std::time::Duration;

use super::face::Kernel;
use super::mail::Poster;
use super::state::State;
use super::task::{SpawnError, Traits};
use crate::devices;
use crate::kernel::abi::claim::Claim;
use crate::kernel::abi::exit::Exit;
use crate::kernel::abi::interrupted::Interrupted;
use crate::kernel::abi::policy::Policy;
use crate::kernel::abi::tid::{NoSuchTask, Tid};
use crate::machine::{TaskRef, WaitNode};

impl<'k> Kernel<'k> {
    /// Makes a new task; it goes to the tail of the ready queue.
    #[inline]
    pub(crate) fn spawn(
        &mut self,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<Tid, SpawnError> {
        self.core.shared.spawn(traits, f)
    }

    /// Wakes the caller when `duration` has passed; see [`wake_at`](Self::wake_at).
    pub(crate) fn wake_after(&mut self, caller: Tid, duration: Duration) {
        let now = self.core.clock.read();
        let duration = devices::nanoseconds(duration);
        self.set_timer(caller, now.saturating_add(duration));
    }

    /// Wakes the caller at `deadline`, in nanoseconds of the scheduler's clock.
    pub(in crate::kernel) fn set_timer(&mut self, caller: Tid, deadline: u64) {
        let task = self.served(caller);
        match self.branch {
            0 => self.core.set_timer(task, 0, task.wait(), deadline),
            branch => self
                .core
                .set_timer(task, branch, &task.branch(branch), deadline),
        }
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

    /// The next number of the programs' stream.
    pub(crate) fn random(&mut self) -> u64 {
        self.core.programs.next()
    }

    /// Whether a fault happens that happens once in so many times.
    pub(crate) fn has_fault(&mut self, one_in: u32) -> bool {
        one_in > 0 && self.core.faults.next().is_multiple_of(u64::from(one_in))
    }

    /// Blocks the whole loop.
    pub(crate) fn block(&mut self, duration: Duration) {
        let now = self.core.clock.read();
        let until = now.saturating_add(devices::nanoseconds(duration));
        self.core.clock.wait_until(until);
    }

    /// Stops the run; see [`stop`](crate::stop).
    pub(crate) fn stop(&mut self, grace: Duration, by: Tid) {
        let why = Interrupted::cancelled(Some(by), "the run is stopping");
        self.core.stop_run(grace, why);
    }

    /// The same, when no task asks for it.
    pub(crate) fn stop_from_outside(&mut self, grace: Duration) {
        let why = Interrupted::cancelled(None, "the run is stopping");
        self.core.stop_run(grace, why);
    }

    /// Puts a policy in force; see [`Scheduler::set_policy`](crate::Scheduler::set_policy).
    pub fn set_policy(&mut self, policy: Box<dyn Policy>) {
        self.core.set_policy(Some(policy));
    }

    /// Lets a task claim something else from now on.
    ///
    /// # Errors
    ///
    /// If the task has ended or is another scheduler's.
    pub fn set_claim(&mut self, tid: Tid, claim: Claim) -> Result<(), NoSuchTask> {
        let task = self.core.table.find(tid).ok_or(NoSuchTask(tid))?;
        self.core.set_claim(&task, claim);
        Ok(())
    }

    pub(crate) fn poster(&self) -> Poster {
        self.core.poster()
    }

    /// Lets the caller wait until `target` has ended; then [`exit_seen`](Self::exit_seen) says how.
    pub(crate) fn park_on_exit(&mut self, caller: Tid, target: Tid) -> Result<(), NoSuchTask> {
        let task = self.served(caller);
        let target = self.core.table.find(target).ok_or(NoSuchTask(target))?;
        match self.branch {
            0 => self.core.park_on_exit(task, task.wait(), &target),
            branch => self.core.park_on_exit(task, &task.branch(branch), &target),
        }
        Ok(())
    }

    /// How `target` ended, if the caller waited for it during this call, and it has; told once.
    pub(crate) fn exit_seen(&mut self, caller: Tid, target: Tid) -> Option<Exit> {
        self.served(caller);
        self.seen(caller, |wait| wait.take_exit_of(target))
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
        match self.branch {
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
            !self.branched,
            "a select within a select: list all branches in one"
        );
        Kernel {
            core: self.core,
            task: self.task,
            branch,
            branched: true,
        }
    }

    /// Notes whether the caller's call waits in more branches than the table knows of: one that waits for
    /// a device or another thread would count as none, and another task may close a cycle later.
    pub(crate) fn note_branches(&mut self, caller: Tid, count: usize) {
        let task = self.served(caller);
        // Only an enrolled task's node is emptied; one that is in no list is in no cycle.
        if State::is_enrolled(task) {
            let has_more = 1 + (task.branch_count() as usize) < count;
            task.wait().not_alone.set(has_more);
        }
    }

    /// Takes the caller out of the list that it waits in.
    pub(crate) fn leave(&mut self, caller: Tid) {
        self.served(caller);
        self.seen(caller, WaitNode::leave);
    }

    /// A random number below `bound`, as the seed decides.
    pub(crate) fn draw(&mut self, bound: usize) -> usize {
        self.core.entropy.below(bound)
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
