//! The settings of a scheduler.

use std::fmt;
use std::time::Duration;

use super::Scheduler;
use crate::devices::{Clock, Lineage, nanoseconds};
use crate::kernel::abi::Policy;
use crate::kernel::abi::events::{Observer, Start};
use crate::kernel::core::Core;
use crate::kernel::modules::trace::observers;
use crate::kernel::modules::watchdog::{self, default_limit};
use crate::kernel::modules::{cpus, deadlock, signals};
use crate::kernel::parts::SHORTCUTS;
use crate::machine::DEFAULT_STACK;

/// Settings of a [`Scheduler`].
#[must_use]
pub struct SchedulerBuilder {
    clock: Clock,
    stack_size: usize,
    seed: u64,
    cpus: u32,
    switch_cost: Duration,
    /// None if nothing was said.
    watchdog: Option<Option<Duration>>,
    grace: Option<Duration>,
    shortcuts: u32,
    policy: Option<Box<dyn Policy>>,
    observers: Vec<Box<dyn Observer>>,
}

impl SchedulerBuilder {
    pub(crate) fn new() -> Self {
        Self {
            clock: Clock::Real,
            stack_size: DEFAULT_STACK,
            seed: 0,
            cpus: 1,
            switch_cost: Duration::ZERO,
            watchdog: None,
            grace: None,
            shortcuts: SHORTCUTS,
            policy: None,
            observers: Vec::new(),
        }
    }

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

    /// Lets a run see to SIGINT, SIGTERM and SIGHUP itself, rather than end with the process at once: the
    /// first SIGINT interrupts the tasks that did not ask for it, a second one ends the run; at SIGTERM and
    /// SIGHUP, if no task asked for them, all tasks are interrupted and have so long to end before they are
    /// killed. Destructors run each time, and [`Report::signal`](crate::Report::signal) says which signal it
    /// was. What the process ignores from the start, as under `nohup`, stays so.
    ///
    /// A task that computes for ever or blocks the thread cannot prevent this. On Linux the signal ends the
    /// process, without destructors, if the run is not over one second (of the machine's time) after the
    /// grace; a second SIGINT does so once the first has lain unread for a second. Elsewhere one more
    /// signal is needed. A program's own handlers run first, but cannot prevent it. A SIGTERM or SIGHUP
    /// that a task has asked for has no such limit.
    ///
    /// [`coros::run`](crate::run) says this, with 5 seconds, on the main thread. By default, and in single
    /// steps, a scheduler leaves the signals alone that no task asks for.
    ///
    /// ```
    /// use std::time::Duration;
    /// use coros::signal::Signal;
    /// use coros::{Scheduler, sleep};
    /// use rustix::process::{Signal as Sent, getpid, kill_process};
    ///
    /// let mut sched = Scheduler::builder().handle_signals(Duration::from_secs(5)).build();
    /// let server = sched.spawn(|| {
    ///     kill_process(getpid(), Sent::TERM).unwrap();
    ///     sleep(Duration::from_secs(3600)).unwrap_err().signal()
    /// });
    /// let report = sched.run().unwrap();
    /// assert_eq!(report.signal, Some(Signal::Term));
    /// assert_eq!(server.join().unwrap(), Some(Signal::Term));
    /// ```
    pub fn handle_signals(mut self, grace: Duration) -> Self {
        self.grace = Some(grace);
        self
    }

    /// What everything that is drawn by lot comes of: what [`select!`](crate::select!) prefers, what
    /// programs draw with [`Random`](crate::syscall::Random), and whether a
    /// [`Fault`](crate::syscall::Fault) happens; three streams that do not touch one another. 0 by
    /// default.
    ///
    /// With one seed, in virtual time, the same program runs the same way each time.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many operations that take no call a task may do in a row, as a free lock, a channel with room, a
    /// [`spawn`](crate::spawn); one more yields first, so that no loop of them keeps the others from their
    /// turns. Mere looks, as whether a task has ended, count a quarter. 128 by default; with 0, each of them
    /// yields. (The idea is tokio's "coop".)
    ///
    /// ```
    /// use coros::{Clock, Scheduler, sync::Mutex};
    ///
    /// let mut sched = Scheduler::builder().clock(Clock::Virtual).shortcuts(0).build();
    /// sched.spawn(|| {
    ///     let lock = Mutex::new(());
    ///     (0..10).for_each(|_| drop(lock.lock()));
    /// });
    /// assert_eq!(sched.run().unwrap().turns, 11);
    /// ```
    pub fn shortcuts(mut self, count: u32) -> Self {
        self.shortcuts = count;
        self
    }

    /// Who says which task is next, and for how long; first in, first out by default, which is much the
    /// fastest.
    pub fn policy(mut self, policy: impl Policy + 'static) -> Self {
        self.policy = Some(Box::new(policy));
        self
    }

    /// On how many simulated CPUs tasks [compute](crate::syscall::Compute) at once; one by default, and
    /// always one but in virtual time. At least 1, at most 1,024: what is beyond counts as these.
    pub fn cpus(mut self, count: u32) -> Self {
        self.cpus = count.clamp(1, 1024);
        self
    }

    /// How long a simulated CPU takes to switch to another task than it had before, in virtual time;
    /// nothing by default.
    pub fn switch_cost(mut self, cost: Duration) -> Self {
        self.switch_cost = cost;
        self
    }

    /// Adds an observer of all that happens; may be said several times.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// The scheduler.
    #[must_use]
    pub fn build(self) -> Scheduler {
        let mut core = Box::new(Core::new(self.clock, self.stack_size));
        core.set_limits(self.seed, self.shortcuts);
        core.hooks().on_wait = deadlock::look;
        if let Some(limit) = self.watchdog.unwrap_or_else(|| default_limit(self.clock)) {
            watchdog::start(&mut core, limit);
        }
        if let Some(grace) = self.grace {
            signals::handle(&mut core, grace);
        }
        let is_virtual = self.clock == Clock::Virtual;
        if is_virtual && (self.cpus > 1 || !self.switch_cost.is_zero()) {
            cpus::start_with(&mut core, self.cpus, nanoseconds(self.switch_cost));
        }
        if let Some(policy) = self.policy {
            cpus::put_in_force(&mut core, policy);
        }
        for observer in self.observers {
            observers::observe(&mut core, observer, start_of);
        }
        Scheduler {
            core,
            lineage: Lineage::current(),
        }
    }
}

/// What observers are told of a scheduler when they come.
pub(super) fn start_of(core: &Core) -> Start {
    let cpus = cpus::find(core);
    Start {
        time: core.moment(),
        clock: core.clock().kind().to_string().into(),
        seed: core.seed(),
        switch_cost: Duration::from_nanos(cpus.map_or(0, |cpus| cpus.switch_cost)),
        cpus: cpus.map_or(1, |cpus| cpus.all.len() as u32),
        policy: cpus::policy_name(core).unwrap_or_else(|| "fifo".into()),
    }
}

impl fmt::Debug for SchedulerBuilder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SchedulerBuilder")
            .field("clock", &self.clock)
            .field("stack_size", &self.stack_size)
            .field("seed", &self.seed)
            .field("cpus", &self.cpus)
            .finish_non_exhaustive()
    }
}
