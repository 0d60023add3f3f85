//! What the loop, the calls that it serves and the running task share.
//!
//! What runs no foreign code is done at once, by the loop or by the task that runs: to wake a task, to
//! interrupt one, to make one. All of that lies in cells, here and in the tasks themselves. The loop alone
//! has the rest, in [`Core`](super::Core).

use std::cell::{Cell, OnceCell, RefCell};

use super::journal::{Change, Journal};
use super::mail::Mailbox;
use super::state::State;
use super::table::Table;
use super::timers::Timers;
use crate::devices::{Clock, Ticker};
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::interrupted::Interrupted;
use crate::kernel::abi::tid::Tid;
use crate::machine::{RunQueue, Stacks, TaskRef};

/// No task is being served.
pub(in crate::kernel) const NOBODY: u32 = u32::MAX;

/// What the loop, the calls that it serves and the running task share.
pub(crate) struct Shared {
    /// Tasks that are Ready or Woken are in it once, and no others.
    pub(in crate::kernel) ready: RunQueue,
    pub(in crate::kernel) table: Table,
    pub(in crate::kernel) timers: Timers,
    pub(in crate::kernel) clock: Ticker,
    pub(in crate::kernel) mail: Mailbox,
    pub(in crate::kernel) journal: Journal,
    /// The slot of the task whose call is being served.
    pub(in crate::kernel) serving: Cell<u32>,
    /// The task that has its turn, or had it last, while the journal is read.
    pub(in crate::kernel) turned: Cell<Option<Tid>>,
    /// The number of the last task made.
    pub(in crate::kernel) last_number: Cell<u64>,
    /// Tasks that are no daemons: while there are any, `run` goes on.
    pub(in crate::kernel) ordinary: Cell<usize>,
    /// The size of stack for tasks that ask for none, and where such stacks come from, once one is needed.
    pub(in crate::kernel) stack_size: usize,
    pub(in crate::kernel) stacks: OnceCell<Stacks>,
    /// Whether a birth is more than a birth: a task wants to know of the ends of children, or the run ends.
    pub(in crate::kernel) births_matter: Cell<bool>,
    /// What new tasks are interrupted with, since the run is to end.
    pub(in crate::kernel) newborn: RefCell<Option<Interrupted>>,
    /// How many scopes were entered, and how many interruptions there were: each has its number.
    pub(in crate::kernel) scopes_entered: Cell<u64>,
    pub(in crate::kernel) interruptions: Cell<u64>,
}

impl Shared {
    pub(in crate::kernel) fn new(scheduler: u64, clock: Clock, stack_size: usize) -> Self {
        Self {
            ready: RunQueue::new(),
            table: Table::new(scheduler),
            timers: Timers::new(),
            clock: Ticker::new(clock),
            mail: Mailbox::default(),
            journal: Journal::default(),
            serving: Cell::new(NOBODY),
            turned: Cell::new(None),
            last_number: Cell::new(0),
            ordinary: Cell::new(0),
            stack_size,
            stacks: OnceCell::new(),
            births_matter: Cell::new(false),
            newborn: RefCell::default(),
            scopes_entered: Cell::new(0),
            interruptions: Cell::new(0),
        }
    }

    /// Moves a waiting task to the run queue of its scheduler; one that does not wait is left alone.
    #[inline(always)]
    pub(in crate::kernel) fn make_ready(task: TaskRef, cause: impl FnOnce(&Self) -> Cause) {
        if State::of(&task) == State::Waiting
            && let Some(home) = task.facts().home.get()
        {
            State::Woken.put(&task);
            home.journal.note(|| Change::Woken {
                tid: Tid::of(&task),
                cause: cause(home),
                now: home.clock.seen(),
            });
            home.ready.push(task.clone());
        }
    }

    /// Wakes a task from whatever it waits for, so that its call is served again; says whether it waited.
    pub(in crate::kernel) fn wake(&self, tid: Tid, cause: Cause) -> bool {
        let waits = |task: &TaskRef| {
            State::of(task) == State::Waiting && (task.has_call() || task.is_busy())
        };
        let waiting = self.table.find(tid).filter(waits);
        let is_one = waiting.is_some();
        if let Some(task) = waiting {
            Self::make_ready(task, |_| cause);
        }
        is_one
    }

    /// The task that makes a new one now: the one that runs, or whose call is served.
    pub(in crate::kernel) fn parent_of_newborn(&self) -> Option<Tid> {
        let running = TaskRef::with_running(Tid::of);
        let running = running.filter(|tid| tid.scheduler() == self.table.scheduler);
        let serving = || self.table.try_get(self.serving.get());
        running.or_else(|| serving().as_ref().map(Tid::of))
    }

    /// What wakes a task now: the task whose call is served, or whose turn it is.
    pub(in crate::kernel) fn waker(&self) -> Cause {
        let serving = self.table.try_get(self.serving.get());
        let waker = serving.as_ref().map(Tid::of).or(self.turned.get());
        waker.map_or(Cause::Outside, Cause::Task)
    }
}
