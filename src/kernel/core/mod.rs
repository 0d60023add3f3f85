//! The core: a small kernel that names no module. Tasks, the loop, calls, waiting, exit.
//!
//! Read `run` first: it is the loop, and fits on a page. Then `turn` (a task runs up to its next call),
//! `call` and `kernel` (what a call is, and what it sees), `list` and `wake` (how a task waits and is woken),
//! `exit` (how it ends). What stands on the core it knows through a few words of its own: a `TaskSlot` is
//! what a module keeps of a task, a `Change` in the journal is what a module reads of, a `Due` what it
//! does when a timer goes off, a `Posted` what it does between two turns, a `Dispatcher` says whose turn
//! is next, and `Hooks` lead to the world outside.
//!

pub(crate) mod birth;
mod borrow;
pub(crate) mod call;
pub(crate) mod exit;
pub(crate) mod facts;
pub(crate) mod handle;
pub(crate) mod hold;
pub(crate) mod interrupt;
pub(crate) mod kernel;
pub(crate) mod list;
pub(crate) mod notes;
pub(crate) mod run;
pub(crate) mod shared;
pub(crate) mod snapshot;
pub(crate) mod task;
mod turn;
pub(crate) mod waits;
pub(crate) mod wake;

use std::ops::Deref;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::abi::report::Report;
use super::abi::tid::{HOMES_BY_HAND, Tid};
use super::parts::by_type::ByType;
use super::parts::chance::Chance;
use super::parts::countdown::PollInterval;
use super::parts::journal::Change;
use super::parts::shortcut::{Budget, SHORTCUTS};
use crate::devices::Clock;
use crate::machine::{DEFAULT_STACK, TaskRef};

pub(crate) use handle::PostHandle;
pub(crate) use kernel::Kernel;
pub(crate) use list::WaitList;
pub(crate) use run::{Dispatcher, Left, carry_out_posts, kill_all, rest, run, sleep_until};
pub(crate) use shared::Shared;
pub(crate) use snapshot::waits_on;
pub(crate) use waits::end_of_wait;
pub(crate) use wake::fire_due;

/// Everything that a scheduler knows.
pub(crate) struct Core {
    /// What calls and the running task touch as well.
    shared: Rc<Shared>,
    /// When the loop looks at the clock.
    interval: PollInterval,
    /// How many kills are being carried out, each asked for by a call that the one before broke off.
    kills_nested: u32,
    /// The call that is being abandoned had been granted what it waited for.
    granted: bool,
    chance: Chance,
    /// What is left of the budget for shortcuts; shared, since it is in force while the loop runs.
    budget: Rc<Budget>,
    hooks: Hooks,
    modules: ByType,
    report: Report,
}

/// What modules do at points of the loop.
pub(crate) struct Hooks {
    /// Looks whether something has come from outside, and does not wait for it. None until that is opened.
    pub(crate) look: Option<fn(&mut Core)>,
    /// Lets time come to a deadline, or to what comes from outside; says whether either will ever come.
    pub(crate) rest: fn(&mut Core, Option<u64>) -> bool,
    /// A wait has begun, and the log or an observer wants to know of cycles of waits.
    pub(crate) on_wait: fn(&mut Core, &TaskRef),
    /// Those who read the journal: each is told of each change.
    pub(crate) readers: Vec<Reader>,
}

/// Reads one change of the journal, between two turns; with the name by which it is known.
pub(crate) type Reader = (&'static str, fn(&mut Core, &Change));

impl Core {
    pub(crate) fn new(clock: Clock, stack_size: usize) -> Self {
        static SCHEDULERS: AtomicU64 = AtomicU64::new(0);
        let next = |count| (count < HOMES_BY_HAND).then_some(count + 1);
        let count = SCHEDULERS.fetch_update(Relaxed, Relaxed, next);
        let id = count.expect("fewer than 2^47 schedulers in a process");
        Self::numbered(id, clock, stack_size)
    }

    fn numbered(id: u64, clock: Clock, stack_size: usize) -> Self {
        Self {
            shared: Rc::new(Shared::new(id, clock, stack_size)),
            interval: PollInterval::new(clock),
            kills_nested: 0,
            granted: false,
            chance: Chance::of(0),
            budget: Rc::new(Budget::of(SHORTCUTS)),
            hooks: Hooks {
                look: None,
                rest: run::sleep_until,
                on_wait: |_, _| {},
                readers: Vec::new(),
            },
            modules: ByType::default(),
            report: Report::default(),
        }
    }

    /// A kernel for a task that has none, to serve what its destructors ask. It lasts for a call or a
    /// kill, and has the number of the task's home: so the task stays who it is.
    fn stand_in(task: &TaskRef) -> Self {
        Self::numbered(Tid::of(task).scheduler(), Clock::Virtual, DEFAULT_STACK)
    }

    /// Seeds the random choices, and says how many shortcuts there are between two yields.
    pub(crate) fn set_limits(&mut self, seed: u64, shortcuts: u32) {
        self.chance = Chance::of(seed);
        self.budget = Rc::new(Budget::of(shortcuts));
    }

    pub(crate) fn seed(&self) -> u64 {
        self.chance.seed
    }

    /// The side that calls and the running task touch as well.
    pub(crate) fn shared(&self) -> &Rc<Shared> {
        &self.shared
    }

    pub(crate) fn budget(&self) -> &Rc<Budget> {
        &self.budget
    }

    pub(crate) fn report(&mut self) -> &mut Report {
        &mut self.report
    }

    /// What has happened so far.
    pub(crate) fn report_so_far(&self) -> Report {
        Report {
            turns: self.turns_so_far(),
            spawned: self.last_number.get(),
            ..self.report
        }
    }

    /// How many turns there were.
    pub(crate) fn turns_so_far(&self) -> u64 {
        self.interval.due - u64::from(self.countdown.turns_left())
    }

    /// The time that is told: the clock's last reading.
    pub(crate) fn moment(&self) -> Duration {
        Duration::from_nanos(self.clock.seen())
    }

    /// How many tasks are left that are no daemons.
    pub(crate) fn ordinary_tasks(&self) -> usize {
        self.ordinary.get()
    }

    /// What is noted from now on is the doing of this task, and of no call that is served.
    pub(crate) fn begin_turn_of(&self, tid: Option<Tid>) {
        self.serving.set(shared::NO_TASK);
        self.turned.set(tid);
    }

    pub(crate) fn hooks(&mut self) -> &mut Hooks {
        &mut self.hooks
    }

    /// Whether something can come from outside.
    fn has_doors(&self) -> bool {
        self.hooks.look.is_some()
    }

    /// A module's state, if it is in use.
    pub(crate) fn module<T: 'static>(&self) -> Option<&T> {
        self.modules.get()
    }

    pub(crate) fn module_mut<T: 'static>(&mut self) -> Option<&mut T> {
        self.modules.get_mut()
    }

    /// A module's state, made if need be.
    pub(crate) fn module_or_default<T: Default + 'static>(&mut self) -> &mut T {
        self.modules.get_or_default()
    }

    /// Keeps a module's state, in place of what there was.
    pub(crate) fn put_module<T: 'static>(&mut self, state: Box<T>) {
        self.modules.put(state);
    }

    pub(crate) fn take_module<T: 'static>(&mut self) -> Option<Box<T>> {
        self.modules.take()
    }

    /// Lets one more read the journal. The readers have the order of their names: the CPUs come first.
    pub(crate) fn add_reader(&mut self, reader: Reader) {
        let readers = &mut self.hooks.readers;
        let at = readers.partition_point(|known| known.0 < reader.0);
        if readers.get(at).is_none_or(|known| known.0 != reader.0) {
            readers.insert(at, reader);
        }
        self.journal.set_read(true);
    }

    pub(crate) fn remove_reader(&mut self, name: &'static str) {
        self.hooks.readers.retain(|known| known.0 != name);
        self.journal.set_read(!self.hooks.readers.is_empty());
    }

    /// Tells readers what has happened since the last time.
    #[inline]
    pub(crate) fn read_journal(&mut self) {
        if self.journal.is_read.get() {
            self.read_all_changes();
        }
    }

    #[cold]
    #[inline(never)]
    fn read_all_changes(&mut self) {
        while let Some(change) = self.journal.take() {
            self.read_change(&change);
        }
    }

    /// Tells readers of a change at once, ahead of what is in the journal: for readers themselves.
    pub(crate) fn read_change(&mut self, change: &Change) {
        let mut at = 0;
        while let Some(&reader) = self.hooks.readers.get(at) {
            reader.1(self, change);
            // One that wants to read no more has taken itself out.
            let next = self.hooks.readers.get(at);
            at += usize::from(next.is_some_and(|next| next.0 == reader.0));
        }
    }
}

impl Deref for Core {
    type Target = Shared;

    #[inline(always)]
    fn deref(&self) -> &Shared {
        &self.shared
    }
}
