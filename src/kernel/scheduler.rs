//! The scheduler as its users have it: make it, fill it, run it, step it.

use std::rc::Rc;
use std::time::Duration;

use super::core::Core;
use super::events::{Step, Watch};
use super::fuel::InForce;
use super::info::TaskInfo;
use super::mail::Poster;
use super::report::Report;
use super::stuck::Stuck;
use super::task::{SpawnError, Task, Traits};
use super::tid::{NoSuchTask, Tid};
use super::watchdog::{Watchdog, default_limit};
use crate::devices::Clock;
use crate::machine::DEFAULT_STACK;

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
pub struct Scheduler {
    core: Box<Core>,
}

impl Scheduler {
    /// A scheduler with the default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Settings to choose.
    pub fn builder() -> SchedulerBuilder {
        SchedulerBuilder {
            clock: Clock::Real,
            stack_size: DEFAULT_STACK,
            watchdog: None,
        }
    }

    /// Takes a task over; it goes to the tail of the ready queue.
    pub fn create_task(&mut self, task: Task) -> Tid {
        self.core.create_task(task)
    }

    pub(crate) fn spawn_as(
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

    /// Kills a task: see [`KillTask`](crate::syscall::KillTask).
    ///
    /// # Errors
    ///
    /// If the task has ended or is another scheduler's.
    pub fn kill(&mut self, tid: Tid) -> Result<(), NoSuchTask> {
        self.core.kill(tid)
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
    /// Also if the thread is unwinding from a panic: then nothing is run.
    pub fn run(&mut self) -> Result<Report, Stuck> {
        self.refuse_while_unwinding()?;
        let fuel = Rc::clone(&self.core.fuel);
        let _fuel = InForce::new(&fuel);
        loop {
            self.core.mail.ring();
            self.core.turns_until_done()?;
            // Their destructors may spawn; then there is more to run.
            self.core.kill_all(|record| record.is_daemon());
            if self.core.ordinary == 0 {
                return Ok(self.report());
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
        self.refuse_while_unwinding()?;
        let fuel = Rc::clone(&self.core.fuel);
        let _fuel = InForce::new(&fuel);
        self.core.watch = Some(Watch::default());
        self.core.attend();
        if self.core.ordinary > 0 {
            return self.core.watched_turn().map(Some);
        }
        self.core.watch = None;
        self.core.kill_all(|record| record.is_daemon());
        Ok(None)
    }

    /// All tasks that have not ended, oldest first: what `ps` shows.
    pub fn tasks(&self) -> impl Iterator<Item = TaskInfo> {
        let mut tasks: Vec<_> = self.core.infos().collect();
        tasks.sort_unstable_by_key(|task| task.tid);
        tasks.into_iter()
    }

    /// The tasks in the ready queue, next one first.
    pub fn ready(&self) -> impl Iterator<Item = Tid> {
        self.core.ready.iter().map(Tid::of)
    }

    /// What has happened so far.
    #[must_use]
    pub fn report(&self) -> Report {
        Report {
            turns: self.core.turns_so_far(),
            ..self.core.report
        }
    }

    fn refuse_while_unwinding(&self) -> Result<(), Stuck> {
        match std::thread::panicking() {
            true => Err(Stuck::while_unwinding()),
            false => Ok(()),
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

/// Settings of a [`Scheduler`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SchedulerBuilder {
    clock: Clock,
    stack_size: usize,
    /// None if nothing was said.
    watchdog: Option<Option<Duration>>,
}

impl SchedulerBuilder {
    /// Which time the scheduler lives in; [`Clock::Real`] by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The size of stack, in bytes, for tasks that do not ask otherwise; 256 KiB by default.
    ///
    /// Rounded up to a power of two; with less than 8 KiB no task can be spawned. Address space is nearly
    /// free: only pages that a task touches are paid for.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = bytes;
        self
    }

    /// How long a task may run without a call, by the machine's clock, before it is told of in the log
    /// at `warn`, once, with its name and how long it ran; `None` switches that off.
    ///
    /// By default 50 ms in debug builds in real time, and else off: reading the clock in each turn
    /// takes longer than the turn. Off, it costs nothing. A task that never makes a call again is
    /// never told of. (After the slow-callback log of Python's asyncio.)
    pub fn watchdog(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.watchdog = Some(limit.into());
        self
    }

    /// The scheduler.
    #[must_use]
    pub fn build(self) -> Scheduler {
        let mut core = Box::new(Core::new(self.clock, self.stack_size));
        let limit = self.watchdog.unwrap_or_else(|| default_limit(self.clock));
        core.watchdog = Watchdog::new(limit);
        Scheduler { core }
    }
}
