//! What the loop, the calls that it serves and the running task share.
//!
//! What runs no foreign code is done at once, by the loop or by the task that runs: to wake a task, to
//! interrupt one, to make one. All of that lies in cells, here and in the tasks themselves. The loop alone
//! has the rest, in [`Core`](super::Core).

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use crate::devices::{Clock, Ticker, Timer, Timers};
use crate::kernel::abi::Tid;
use crate::kernel::abi::events::{Cause, Event};
use crate::kernel::parts::{Change, Countdown, Due, Journal, Post, Posts, State, Table};
use crate::machine::{RunQueue, Stacks, TaskRef};

/// The slot of no task.
pub(super) const NO_TASK: u32 = u32::MAX;

/// What a module does as a task is born.
pub(crate) type AtBirth = Rc<dyn Fn(&Shared, &TaskRef)>;

/// What the loop, the calls that it serves and the running task share.
pub(crate) struct Shared {
    /// Tasks that are Ready or Woken are in it once, and no others.
    pub(super) ready: RunQueue,
    /// All tasks that have not ended.
    pub(super) table: Table,
    /// A set timer has one owner, and fires once.
    pub(super) timers: Timers<Due>,
    /// Its reading never goes back.
    pub(super) clock: Ticker,
    /// What is posted is carried out once, in order, before the next task is picked.
    pub(super) posts: Posts,
    /// How many turns there are until the loop looks at all this.
    pub(super) countdown: Countdown,
    /// Empty, unless it is read.
    pub(super) journal: Journal,
    /// The slot of the task whose call is being served.
    pub(super) serving: Cell<u32>,
    /// The task that has its turn, or had it last, while the journal is read.
    pub(super) turned: Cell<Option<Tid>>,
    /// The number of the last task made.
    pub(super) last_number: Cell<u64>,
    /// Tasks that are no daemons: while there are any, `run` goes on.
    pub(super) ordinary: Cell<usize>,
    /// The size of stack for tasks that ask for none, and where such stacks come from, once one is needed.
    pub(super) stack_size: usize,
    pub(super) stacks: OnceCell<Stacks>,
    /// What modules do as a task is born, by name; few runs have any.
    pub(super) at_birth: RefCell<Vec<(&'static str, AtBirth)>>,
    pub(super) has_births: Cell<bool>,
}

impl Shared {
    pub(super) fn new(scheduler: u64, clock: Clock, stack_size: usize) -> Self {
        Self {
            ready: RunQueue::new(),
            table: Table::new(scheduler),
            timers: Timers::new(),
            clock: Ticker::new(clock),
            posts: Posts::default(),
            countdown: Countdown::default(),
            journal: Journal::default(),
            serving: Cell::new(NO_TASK),
            turned: Cell::new(None),
            last_number: Cell::new(0),
            ordinary: Cell::new(0),
            stack_size,
            stacks: OnceCell::new(),
            at_birth: RefCell::default(),
            has_births: Cell::new(false),
        }
    }

    /// Moves a waiting task to the run queue of its scheduler; one that does not wait is left alone.
    #[inline(always)]
    pub(super) fn make_ready(task: TaskRef, cause: impl FnOnce(&Self) -> Cause) {
        if State::of(&task) == State::Waiting
            && let Some(home) = task.facts().home()
        {
            State::Woken.set(&task);
            home.journal.note(|| Change::Woken {
                tid: Tid::of(&task),
                cause: cause(home),
                now: home.clock.seen(),
            });
            home.ready.push(task.clone());
        }
    }

    /// Wakes a task from whatever it waits for, so that its call is served again; says whether it waited.
    pub(crate) fn wake(&self, tid: Tid, cause: Cause) -> bool {
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
    pub(crate) fn parent_of_newborn(&self) -> Option<Tid> {
        let running = TaskRef::with_running(Tid::of);
        let running = running.filter(|tid| tid.scheduler() == self.table.scheduler);
        running.or_else(|| self.served())
    }

    /// The task whose call is being served.
    pub(super) fn served(&self) -> Option<Tid> {
        let serving = self.table.try_get(self.serving.get());
        serving.as_ref().map(Tid::of)
    }

    /// What wakes a task now: the task whose call is served, or whose turn it is.
    pub(super) fn waker(&self) -> Cause {
        let waker = self.served().or(self.turned.get());
        waker.map_or(Cause::Outside, Cause::Task)
    }

    /// What is done from here on is done from outside.
    pub(crate) fn end_turns(&self) {
        self.serving.set(NO_TASK);
        self.turned.set(None);
    }

    /// Writes a change into the journal, if that is read.
    #[inline]
    pub(crate) fn note(&self, change: impl FnOnce() -> Change) {
        self.journal.note(change);
    }

    /// Notes what observers are to be told of, if there are any.
    #[inline]
    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if self.journal.is_observed.get() {
            self.journal.note(|| Change::Told(Box::new(event())));
        }
    }

    /// Whether events are made at all.
    pub(crate) fn is_observed(&self) -> bool {
        self.journal.is_observed.get()
    }

    pub(crate) fn set_observed(&self, is_observed: bool) {
        self.journal.is_observed.set(is_observed);
    }

    /// Whether turns are told of in words.
    pub(crate) fn tells_turns(&self) -> bool {
        self.journal.tells_turns.get()
    }

    /// Says whether turns are told of in words, and whether ends are logged with them.
    pub(crate) fn set_tells_turns(&self, tells: bool, logs_ends: bool) {
        self.journal.tells_turns.set(tells);
        self.journal.logs_ends.set(logs_ends);
    }

    /// From now on, does this as a task is born, in place of what was done before by this name.
    pub(crate) fn at_birth(&self, name: &'static str, act: Option<AtBirth>) {
        let mut all = self.at_birth.borrow_mut();
        all.retain(|known| known.0 != name);
        all.extend(act.map(|act| (name, act)));
        self.has_births.set(!all.is_empty());
    }

    /// A task of this scheduler that has not ended.
    #[inline]
    pub(crate) fn find(&self, tid: Tid) -> Option<TaskRef> {
        self.table.find(tid)
    }

    /// The task in a slot that is in use.
    pub(crate) fn in_slot(&self, slot: u32) -> TaskRef {
        self.table.get(slot)
    }

    /// All tasks that have not ended, oldest first.
    pub(crate) fn tasks(&self) -> Vec<TaskRef> {
        self.table.all()
    }

    /// Whether time and posts are nothing to wait for, and no task is ready, in real time.
    pub(crate) fn has_nothing_to_do(&self) -> bool {
        let is_idle = self.ready.len() == 0 && self.timers.is_empty() && self.posts.len() == 0;
        is_idle && !self.clock.is_virtual()
    }

    /// The number of the scheduler, among all of the process.
    pub(crate) fn number(&self) -> u64 {
        self.table.scheduler
    }

    /// The scheduler's clock.
    pub(crate) fn clock(&self) -> &Ticker {
        &self.clock
    }

    /// Takes the first task out of the run queue and counts its turn.
    #[inline(always)]
    pub(crate) fn next_in_line(&self) -> Option<TaskRef> {
        let task = self.ready.pop()?;
        self.countdown.count();
        Some(task)
    }

    /// Takes the first task out of the run queue, for its turn.
    pub(crate) fn take_first(&self) -> Option<TaskRef> {
        self.ready.pop()
    }

    /// Takes this task out of the run queue, for its turn.
    pub(crate) fn take_out(&self, task: &TaskRef) {
        self.ready.remove(task);
    }

    /// Counts a turn, whatever is due.
    pub(crate) fn count_turn(&self) {
        self.countdown.count_though_due();
    }

    /// The tasks that are ready to run, in the order of the queue.
    pub(crate) fn run_queue(&self) -> &RunQueue {
        &self.ready
    }

    /// The size of stack for tasks that ask for none.
    pub(crate) fn stack_size(&self) -> usize {
        self.stack_size
    }

    /// Sets a timer.
    pub(crate) fn set_timer(&self, deadline: u64, due: Due) -> Timer {
        self.timers.set(deadline, due)
    }

    /// Takes a timer away; one that has gone off, or was taken away before, is left alone.
    pub(crate) fn cancel_timer(&self, timer: Timer) {
        self.timers.remove(timer);
    }

    /// The deadline of a timer that is set.
    pub(crate) fn deadline(&self, timer: Timer) -> Option<u64> {
        self.timers.deadline(timer)
    }

    /// The earliest deadline that is set.
    pub(crate) fn next_timer(&self) -> Option<u64> {
        self.timers.next()
    }

    /// Lets the loop look at everything before its next turn.
    pub(crate) fn call_attention(&self) {
        self.countdown.ring();
    }

    /// Whether a post that was not carried out yet may end a task's wait.
    pub(crate) fn will_be_posted_to(&self, tid: Tid) -> bool {
        self.posts.will_reach(tid)
    }

    /// Leaves a post.
    #[inline]
    pub(crate) fn post(&self, post: Post) {
        self.posts.put(post);
        self.countdown.ring();
    }
}
