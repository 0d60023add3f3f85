//! The scheduler as its users have it: make it, fill it, run it, step it.

pub(crate) mod builder;

mod dispatch;

use std::rc::Rc;
use std::time::Instant;

use super::abi::events::{Observer, Step};
use super::abi::info::TaskInfo;
use super::abi::policy::Policy;
use super::abi::ran::SpawnError;
use super::abi::report::Report;
use super::abi::stuck::Stuck;
use super::abi::tid::{NoSuchTask, Tid};
use super::core::Core;
use super::core::birth;
use super::core::exit::kill;
use super::core::notes;
use super::core::run::{Left, kill_all};
use super::core::snapshot::infos;
use super::core::task::Task;
use super::modules::outside::{self, Remote};
use super::modules::trace::{observers, turn};
use super::modules::{cpus, deadlock, signals, stop};
use super::parts::shortcut::{BudgetInForce, spend_on_reading};
use super::parts::{TaskHandle, Traits};
use crate::devices::Lineage;
use crate::shown::shown;
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
    pub(crate) core: Box<Core>,
    /// The process that it was made in.
    pub(crate) lineage: Lineage,
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
        cpus::put_in_force(&mut self.core, Box::new(policy));
    }

    /// Adds an observer, which is told first of the tasks that there are.
    pub fn observe(&mut self, observer: impl Observer + 'static) {
        observers::observe(&mut self.core, Box::new(observer), builder::start_of);
    }

    /// Takes a task over; it goes to the tail of the run queue.
    pub fn create_task(&mut self, task: Task) -> Tid {
        let tid = birth::create_task(self.core.shared(), task);
        self.core.read_journal();
        tid
    }

    pub(crate) fn spawn_as(
        &mut self,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<TaskHandle, SpawnError> {
        let made = birth::spawn(self.core.shared(), traits, f).map(TaskHandle::to);
        self.core.read_journal();
        made
    }

    /// The size of stack that tasks get here unless they ask otherwise, in bytes.
    #[must_use]
    pub fn stack_size(&self) -> usize {
        self.core.stack_size()
    }

    /// Kills a task: see [`KillTask`](crate::syscall::KillTask).
    ///
    /// # Errors
    ///
    /// If the task has ended or is another scheduler's.
    pub fn kill(&mut self, tid: Tid) -> Result<(), NoSuchTask> {
        let _notes = notes::Open::of(self.core.shared());
        let killed = kill(&mut self.core, tid);
        self.core.read_journal();
        killed
    }

    /// The time on the scheduler's clock; in virtual time it stands still between runs.
    #[must_use]
    #[track_caller]
    pub fn now(&mut self) -> Instant {
        spend_on_reading();
        let clock = self.core.clock();
        clock.instant(clock.read())
    }

    /// A handle to this scheduler for other threads.
    ///
    /// # Errors
    ///
    /// If the system has no descriptors left for what wakes a sleeping thread.
    pub fn remote(&mut self) -> std::io::Result<Remote> {
        Remote::to(&mut self.core)
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
        let core = &mut self.core;
        let budget = Rc::clone(core.budget());
        let _budget = BudgetInForce::new(&budget);
        let _notes = notes::Open::of(core.shared());
        core.report().stopped = false;
        core.report().signal = None;
        outside::accept_messages(core);
        signals::begin_run(core);
        let ended = self.run_to_the_end();
        let core = &mut self.core;
        signals::end_run(core);
        stop::forget(core);
        observers::pause(core);
        core.end_turns();
        ended.map(|()| self.report())
    }

    fn run_to_the_end(&mut self) -> Result<(), Stuck> {
        let core = &mut *self.core;
        core.end_turns();
        loop {
            core.call_attention();
            if dispatch::run_to_the_end(core) == Left::Stuck {
                return Err(stuck(core));
            }
            // Their destructors may spawn; then there is more to run.
            kill_all(core, |facts| facts.daemon);
            // Others may have left work to do at the last moment.
            outside::read_messages(core);
            if core.ordinary_tasks() == 0 {
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
        let core = &mut *self.core;
        let budget = Rc::clone(core.budget());
        let _budget = BudgetInForce::new(&budget);
        let _notes = notes::Open::of(core.shared());
        core.end_turns();
        match dispatch::step(core) {
            Left::Stuck => Err(stuck(core)),
            Left::Done => {
                kill_all(core, |facts| facts.daemon);
                stop::forget(core);
                observers::pause(core);
                Ok(None)
            }
            Left::Paused | Left::Changed => {
                core.end_turns();
                Ok(turn::last_step(core))
            }
        }
    }

    /// All tasks that have not ended, oldest first: what `ps` shows.
    #[track_caller]
    pub fn tasks(&self) -> impl Iterator<Item = TaskInfo> {
        spend_on_reading();
        infos(&self.core)
    }

    /// The tasks in the run queue, next one first.
    #[track_caller]
    pub fn ready(&self) -> impl Iterator<Item = Tid> {
        spend_on_reading();
        self.core
            .run_queue()
            .all()
            .into_iter()
            .map(|task| Tid::of(&task))
    }

    /// What has happened so far.
    #[must_use]
    #[track_caller]
    pub fn report(&self) -> Report {
        spend_on_reading();
        self.core.report_so_far()
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

shown!(impl Debug for Scheduler: self =>
    "Scheduler(tasks: {}, ready: {})", self.core.tasks().len(), self.core.run_queue().len());

/// The report of a run in which nothing can go on.
fn stuck(core: &Core) -> Stuck {
    Stuck::of(infos(core).collect(), deadlock::cycles(core))
}
