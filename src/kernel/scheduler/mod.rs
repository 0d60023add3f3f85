//! The scheduler as its users have it: make it, fill it, run it, step it.

pub(in crate::kernel) mod builder;

use std::rc::Rc;
use std::time::Instant;

use crate::devices::Lineage;
use crate::kernel::abi::events::{Observer, Step};
use crate::kernel::abi::info::TaskInfo;
use crate::kernel::abi::policy::Policy;
use crate::kernel::abi::report::Report;
use crate::kernel::abi::stuck::Stuck;
use crate::kernel::abi::tid::{NoSuchTask, Tid};
use crate::kernel::core::Core;
use crate::kernel::core::face::Kernel;
use crate::kernel::core::fuel::InForce;
use crate::kernel::core::ledger;
use crate::kernel::core::mail::Poster;
use crate::kernel::core::task::{SpawnError, Task, Traits};
use crate::kernel::modules::io::Remote;
use crate::kernel::spend_on_reading;
use builder::SchedulerBuilder;

/// Runs tasks on this thread, one at a time, and serves what they ask for.
///
/// First in, first out: a task runs up to its next call, which ends its turn. Dropping a scheduler
/// kills the tasks that are left, newest first. A scheduler may run inside a task of another, whose
/// loop it blocks meanwhile; calls reach the innermost.
///
/// ```
/// use coros::{Scheduler, yield_now};
///
/// let mut sched = Scheduler::new();
/// let sum = sched.spawn(|| {
///     yield_now();
///     1 + 1
/// });
/// let report = sched.run().unwrap();
/// assert_eq!(sum.join().unwrap(), 2);
/// assert_eq!((report.spawned, report.turns), (1, 2));
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Scheduler {
    pub(in crate::kernel) core: Box<Core>,
    /// The process that it was made in.
    pub(in crate::kernel) lineage: Lineage,
}

impl Scheduler {
    /// A scheduler with the default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Settings to choose.
    pub fn builder() -> SchedulerBuilder {
        SchedulerBuilder::new()
    }

    /// Puts a policy in force; from now on it says who is next, and for how long. Tasks that compute on
    /// a CPU at this moment go on.
    pub fn set_policy(&mut self, policy: impl Policy + 'static) {
        self.core.set_policy(Some(Box::new(policy)));
    }

    /// Adds an observer, which is told first of the tasks that there are.
    pub fn observe(&mut self, observer: impl Observer + 'static) {
        self.core.observe(Box::new(observer));
    }

    /// Takes a task over; it goes to the tail of the ready queue.
    pub fn create_task(&mut self, task: Task) -> Tid {
        let tid = self.core.shared.create_task(task);
        self.core.read_journal();
        tid
    }

    pub(crate) fn spawn_as(
        &mut self,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<Tid, SpawnError> {
        let made = self.core.shared.spawn(traits, f);
        self.core.read_journal();
        made
    }

    /// The size of stack that tasks get here unless they ask otherwise, in bytes.
    #[must_use]
    pub fn stack_size(&self) -> usize {
        self.core.stack_size
    }

    /// Kills a task: see [`KillTask`](crate::syscall::KillTask).
    ///
    /// # Errors
    ///
    /// If the task has ended or is another scheduler's.
    pub fn kill(&mut self, tid: Tid) -> Result<(), NoSuchTask> {
        let _ledger = ledger::Open::of(&self.core.shared);
        let killed = self.core.kill(tid);
        self.core.read_journal();
        killed
    }

    /// The time on the scheduler's clock; in virtual time it stands still between runs.
    #[must_use]
    #[track_caller]
    pub fn now(&mut self) -> Instant {
        spend_on_reading();
        let now = self.core.clock.read();
        self.core.clock.instant(now)
    }

    /// A handle to this scheduler for other threads.
    ///
    /// # Errors
    ///
    /// If the system has no descriptors left for what wakes a sleeping thread.
    pub fn remote(&mut self) -> std::io::Result<Remote> {
        Kernel::new(&mut self.core).remote()
    }

    pub(crate) fn poster(&self) -> Poster {
        self.core.poster()
    }

    /// Runs until every task that is no daemon has ended; then kills the daemons, newest first.
    ///
    /// A panic ends its own task alone, and is counted in the report.
    ///
    /// # Errors
    ///
    /// If nothing can go on: no task is ready and no timer is set. The tasks are left as they are.
    /// Also if the thread is unwinding from a panic, or the process was forked after the scheduler was
    /// made: then nothing is run.
    pub fn run(&mut self) -> Result<Report, Stuck> {
        self.refuse_if_it_must_not_run()?;
        let fuel = Rc::clone(&self.core.fuel);
        let _fuel = InForce::new(&fuel);
        let _ledger = ledger::Open::of(&self.core.shared);
        self.core.is_stepped = false;
        self.core.begin_run();
        self.core.hook_signals_of_run();
        let ended = self.run_to_the_end();
        self.core.unhook_signals();
        self.core.forget_stop();
        self.core.pause_observers();
        self.core.end_turns();
        ended.map(|()| self.report())
    }

    fn run_to_the_end(&mut self) -> Result<(), Stuck> {
        self.core.turned.set(None);
        loop {
            self.core.mail.ring();
            self.core.turns_until_done()?;
            // Their destructors may spawn; then there is more to run.
            self.core.kill_all(|facts| facts.daemon);
            // Somebody may have left work to do at the last moment.
            self.core.read_letters();
            if self.core.ordinary.get() == 0 {
                return Ok(());
            }
        }
    }

    /// One turn of the loop; `None` when every task that is no daemon has ended.
    ///
    /// The step that ends the last ordinary task also kills the daemons.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn step(&mut self) -> Result<Option<Step>, Stuck> {
        self.refuse_if_it_must_not_run()?;
        let fuel = Rc::clone(&self.core.fuel);
        let _fuel = InForce::new(&fuel);
        let _ledger = ledger::Open::of(&self.core.shared);
        self.core.turned.set(None);
        self.core.is_stepped = true;
        self.core.begin_watch();
        self.core.attend();
        if self.core.ordinary.get() > 0 {
            let turned = self.core.attentive_turn();
            self.core.end_turns();
            self.core.unless_over(turned)?;
            return Ok(self.core.last_step());
        }
        self.core.drop_watch();
        self.core.kill_all(|facts| facts.daemon);
        self.core.forget_stop();
        self.core.pause_observers();
        Ok(None)
    }

    /// All tasks that have not ended, oldest first: what `ps` shows.
    #[track_caller]
    pub fn tasks(&self) -> impl Iterator<Item = TaskInfo> {
        spend_on_reading();
        let mut tasks: Vec<_> = self.core.infos().collect();
        tasks.sort_unstable_by_key(|task| task.tid);
        tasks.into_iter()
    }

    /// The tasks in the ready queue, next one first.
    #[track_caller]
    pub fn ready(&self) -> impl Iterator<Item = Tid> {
        spend_on_reading();
        self.core.ready.all().into_iter().map(|task| Tid::of(&task))
    }

    /// What has happened so far.
    #[must_use]
    #[track_caller]
    pub fn report(&self) -> Report {
        spend_on_reading();
        Report {
            turns: self.core.turns_so_far(),
            spawned: self.core.last_number.get(),
            ..self.core.report
        }
    }

    fn refuse_if_it_must_not_run(&self) -> Result<(), Stuck> {
        if std::thread::panicking() {
            return Err(Stuck::while_unwinding());
        }
        match self.lineage.is_current() {
            true => Ok(()),
            false => Err(Stuck::in_forked_child()),
        }
    }
}

impl Default for Scheduler {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Scheduler {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "Scheduler(tasks: {}, ready: {})",
            self.core.table.len(),
            self.core.ready.len()
        )
    }
}
