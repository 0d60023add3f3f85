//! The kernel's state: everything that a scheduler knows.

pub(in crate::kernel) mod attention;
pub(in crate::kernel) mod birth;
pub(in crate::kernel) mod borrow;
pub(in crate::kernel) mod exiting;
pub(in crate::kernel) mod face;
pub(in crate::kernel) mod fuel;
pub(in crate::kernel) mod guarded;
pub(in crate::kernel) mod inner;
pub(in crate::kernel) mod journal;
pub(crate) mod ledger;
pub(in crate::kernel) mod list;
pub(crate) mod log;
pub(in crate::kernel) mod mail;
pub(in crate::kernel) mod panics;
pub(in crate::kernel) mod place;
pub(in crate::kernel) mod quietly;
pub(in crate::kernel) mod shared;
pub(crate) mod shortcut;
pub(in crate::kernel) mod state;
pub(in crate::kernel) mod syscall;
pub(in crate::kernel) mod table;
pub(in crate::kernel) mod task;
pub(in crate::kernel) mod timers;
pub(in crate::kernel) mod turn;
pub(in crate::kernel) mod wait;

use std::ops::Deref;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::devices::{Clock, Entropy};
use crate::kernel::abi::report::Report;
use crate::kernel::abi::tid::{HOMES_BY_HAND, Tid};
use crate::kernel::modules::cpus::Cpus;
use crate::kernel::modules::io::Outside;
use crate::kernel::modules::stop::Stopping;
use crate::kernel::modules::trace::observers::Observers;
use crate::kernel::modules::trace::turn::Watch;
use crate::kernel::modules::watchdog::Watchdog;
use crate::machine::{DEFAULT_STACK, TaskRef};
use attention::Pace;
use fuel::{Budget, InForce, SHORTCUTS};
use shared::Shared;

/// Everything that a scheduler knows.
pub(crate) struct Core {
    /// What calls and the running task touch as well.
    pub(in crate::kernel) shared: Rc<Shared>,
    /// The doors to the world outside, once they are open.
    pub(in crate::kernel) outside: Option<Box<Outside>>,
    /// How many kills are being carried out, each asked for by a call that the one before broke off.
    pub(in crate::kernel) kills_nested: u32,
    /// The call that is being abandoned had been granted what it waited for.
    pub(in crate::kernel) granted: bool,
    /// What decides where the kernel is free to choose.
    pub(in crate::kernel) entropy: Entropy,
    /// How long a task may run without a call before it is told of.
    pub(in crate::kernel) watchdog: Watchdog,
    /// Simulated CPUs and a policy, where they are asked for.
    pub(in crate::kernel) cpus: Option<Box<Cpus>>,
    /// Who is told of all that happens.
    pub(in crate::kernel) observers: Observers,
    /// The scheduler is stepped: what happens between two steps is told with the next.
    pub(in crate::kernel) is_stepped: bool,
    /// One of them at least looks at turns.
    pub(in crate::kernel) turns_are_seen: bool,
    /// Who burnt a slice of real time last, and wants more.
    pub(in crate::kernel) burning: Option<Tid>,
    /// The run is to end.
    pub(in crate::kernel) stopping: Option<Stopping>,
    /// How long tasks have to end when the system asks the run to; none, if signals are not the run's.
    pub(in crate::kernel) grace: Option<Duration>,
    /// Who was interrupted by a Ctrl-C.
    pub(in crate::kernel) interrupted_by_signal: Vec<Tid>,
    /// How many wait for signals.
    pub(in crate::kernel) signal_waits: usize,
    /// How many lists observers were told of.
    pub(in crate::kernel) lists_told: u64,
    pub(in crate::kernel) seed: u64,
    /// What programs draw from, and what decides whether a fault happens.
    pub(in crate::kernel) programs: Entropy,
    pub(in crate::kernel) faults: Entropy,
    /// What happens in this turn, while somebody watches.
    pub(in crate::kernel) watch: Option<Box<Watch>>,
    /// The record of the turn before, whose memory serves for the next.
    pub(in crate::kernel) spare_watch: Option<Box<Watch>>,
    /// When the loop looks at the clock.
    pub(in crate::kernel) pace: Pace,
    /// What is left of the budget for shortcuts; shared, since it is in force while we run.
    pub(in crate::kernel) fuel: Rc<Budget>,
    pub(in crate::kernel) report: Report,
}

impl Core {
    pub(in crate::kernel) fn new(clock: Clock, stack_size: usize) -> Self {
        static SCHEDULERS: AtomicU64 = AtomicU64::new(0);
        let next = |count| (count < HOMES_BY_HAND).then_some(count + 1);
        let count = SCHEDULERS.fetch_update(Relaxed, Relaxed, next);
        let id = count.expect("fewer than 2^47 schedulers in a process");
        Self::numbered(id, clock, stack_size)
    }

    fn numbered(id: u64, clock: Clock, stack_size: usize) -> Self {
        Self {
            shared: Rc::new(Shared::new(id, clock, stack_size)),
            outside: None,
            kills_nested: 0,
            entropy: Entropy::of_stream(0, 0),
            watchdog: Watchdog::default(),
            granted: false,
            watch: None,
            spare_watch: None,
            cpus: None,
            observers: Vec::new(),
            is_stepped: false,
            turns_are_seen: false,
            burning: None,
            stopping: None,
            grace: None,
            interrupted_by_signal: Vec::new(),
            signal_waits: 0,
            lists_told: 0,
            seed: 0,
            programs: Entropy::of_stream(0, 1),
            faults: Entropy::of_stream(0, 2),
            pace: Pace::new(clock),
            fuel: Rc::new(Budget::of(SHORTCUTS)),
            report: Report::default(),
        }
    }

    /// Sows what is drawn by lot: three streams of one seed, so that none disturbs another.
    pub(in crate::kernel) fn sow(&mut self, seed: u64) {
        self.seed = seed;
        self.entropy = Entropy::of_stream(seed, 0);
        self.programs = Entropy::of_stream(seed, 1);
        self.faults = Entropy::of_stream(seed, 2);
    }

    /// A kernel for a task that has none, to serve what its destructors ask. It lasts for a call or a
    /// kill, and has the number of the task's home: so the task stays who it is.
    pub(in crate::kernel) fn stand_in(task: &TaskRef) -> Self {
        Self::numbered(Tid::of(task).scheduler(), Clock::Virtual, DEFAULT_STACK)
    }
}

impl Deref for Core {
    type Target = Shared;

    #[inline(always)]
    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl Drop for Core {
    /// Kills what is left, newest first.
    fn drop(&mut self) {
        let _ledger = ledger::Open::of(&self.shared);
        // Destructors that look around have a budget of their own, and not what other code has left.
        self.fuel.refill();
        let fuel = Rc::clone(&self.fuel);
        let _fuel = InForce::new(&fuel);
        self.kill_all(|_| true);
        self.read_journal();
        self.mail.close();
    }
}
