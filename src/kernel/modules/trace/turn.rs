//! Watching: what happens in a turn is noted, and told when the turn is over.

use std::rc::Rc;
use std::time::Duration;

use crate::kernel::abi::events::{Candidate, Did, Ended, Event, Place, Step};
use crate::kernel::abi::stuck::Stuck;
use crate::kernel::abi::tid::Tid;
use crate::kernel::core::Core;
use crate::kernel::core::log::{log_ends_without_turn, log_step, traces_turns};
use crate::kernel::core::state::State;
use crate::kernel::core::table::waits_on;
use crate::machine::{TaskRef, inspect};

/// How many of those who could have run are told of at most: where a policy compared them, and where
/// they stand in the order of the queue.
const COMPARED: usize = 8;
const IN_LINE: usize = 3;

/// How many cells of the run queue are searched for them: behind many gaps there may be none.
const CELLS: u32 = 64;

/// The record of a turn, written while somebody watches. The memory of one serves for the next: making
/// it anew would take longer than the turn.
pub(in crate::kernel) struct Watch {
    /// Always a turn.
    event: Event,
    /// When the turn began.
    began: u64,
}

/// Why a task was picked.
#[derive(Default)]
pub(in crate::kernel) struct Reason {
    candidates: Vec<Candidate>,
    why: String,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            event: Event::Turn(Step::of(0, Tid::NOBODY)),
            began: 0,
        }
    }
}

impl Watch {
    pub(in crate::kernel) fn step(&mut self) -> &mut Step {
        match &mut self.event {
            Event::Turn(step) => step,
            _ => unreachable!("it is made of a turn"),
        }
    }
}

impl Core {
    /// Begins to note what happens in a turn.
    pub(in crate::kernel) fn begin_watch(&mut self) {
        let mut watch = self.spare_watch.take().unwrap_or_default();
        watch.step().clear();
        self.watch = Some(watch);
        self.note_readers();
    }

    /// Whether somebody wants more of a turn than that it is done, be it no record of it.
    pub(in crate::kernel) fn needs_attention(&self) -> bool {
        self.watchdog.is_on() | self.cpus.is_some() | self.is_observed()
    }

    /// One turn where more is asked for than that: CPUs, a policy, a watchdog, somebody who watches.
    #[cold]
    #[inline(never)]
    pub(in crate::kernel) fn attentive_turn(&mut self) -> Result<(), Stuck> {
        self.watchdog.begin_turn();
        let turned = match self.cpus.is_some() {
            true => self.dispatch(),
            false => self.plain_turn(),
        };
        if self.watch.is_some() {
            self.end_watch(turned.as_ref().ok().copied());
        } else {
            self.read_journal();
        }
        self.look_for_overrun(turned?);
        Ok(())
    }

    fn plain_turn(&mut self) -> Result<Tid, Stuck> {
        self.note_candidates();
        let shared = Rc::clone(&self.shared);
        let task = self.next_in_line(&shared)?;
        self.note_pick(0, &task);
        Ok(self.guarded_turn_of(task))
    }

    /// Notes who could run now, the first few of them.
    pub(in crate::kernel) fn note_candidates(&mut self) {
        let is_compared = self.has_policy();
        let limit = if is_compared { COMPARED } else { IN_LINE };
        let first = self.ready.first(limit, CELLS);
        let Some(watch) = &mut self.watch else {
            return;
        };
        let candidates = &mut watch.step().candidates;
        candidates.clear();
        for task in first {
            candidates.push(Candidate {
                tid: Tid::of(&task),
                key: String::new(),
            });
        }
        if is_compared {
            self.explain_candidates();
        }
    }

    /// Asks the policy for the keys of those who could run.
    fn explain_candidates(&mut self) {
        let Some(mut watch) = self.watch.take() else {
            return;
        };
        for candidate in &mut watch.step().candidates {
            candidate.key = self.explanation(candidate.tid);
        }
        self.watch = Some(watch);
    }

    /// Notes whose turn it is, and why.
    pub(in crate::kernel) fn note_pick(&mut self, cpu: usize, task: &TaskRef) {
        if self.watch.is_none() {
            return;
        }
        let why = self.explanation(Tid::of(task));
        let began = self.clock.seen();
        if let Some(watch) = &mut self.watch {
            watch.began = began;
            let step = watch.step();
            step.cpu = cpu as u32;
            step.why = why;
        }
    }

    /// Why a task was picked that is to have its turn later: a CPU takes time to switch to it.
    pub(in crate::kernel) fn noted_reason(&mut self) -> Option<Box<Reason>> {
        let step = self.watch.as_mut()?.step();
        Some(Box::new(Reason {
            candidates: std::mem::take(&mut step.candidates),
            why: std::mem::take(&mut step.why),
        }))
    }

    /// Notes whose turn it is that did not have to queue for it, or was picked a while ago.
    pub(in crate::kernel) fn note_going_on(&mut self, cpu: usize, reason: Option<Box<Reason>>) {
        let began = self.clock.seen();
        if let Some(watch) = &mut self.watch {
            let reason = reason.map_or_else(Reason::default, |reason| *reason);
            watch.began = began;
            let step = watch.step();
            step.cpu = cpu as u32;
            step.candidates = reason.candidates;
            step.why = reason.why;
        }
    }

    /// Notes what a task that was woken is answered.
    pub(in crate::kernel) fn note_reply(&mut self, task: &TaskRef) {
        if let Some(watch) = &mut self.watch {
            inspect::write_reply(task, &mut watch.step().with);
        }
    }

    /// Drops the watch of a turn that did not take place, and logs the ends it had noted.
    pub(in crate::kernel) fn drop_watch(&mut self) {
        self.read_journal();
        if let Some(mut watch) = self.watch.take() {
            self.note_readers();
            log_ends_without_turn(&watch.step().ended);
            self.spare_watch = Some(watch);
        }
    }

    /// Tells of a turn, if there was one, what was noted since its beginning.
    fn end_watch(&mut self, tid: Option<Tid>) {
        let now = self.clock.read();
        let turn = self.turns_so_far();
        if let Some(mut watch) = self.watch.take() {
            let step = watch.step();
            step.turn = turn;
            step.time = Duration::from_nanos(now);
            if let Some(tid) = tid {
                self.describe_turn(tid, step);
            }
            self.watch = Some(watch);
        }
        self.read_mail();
        self.read_journal();
        if self.ordinary.get() == 0 {
            self.kill_all(|facts| facts.daemon);
            self.read_journal();
        }
        let Some(tid) = tid else {
            return self.drop_watch();
        };
        if let Some(mut watch) = self.watch.take() {
            let took = now.saturating_sub(watch.began);
            let step = watch.step();
            step.ready = self.ready.len();
            step.took = Duration::from_nanos(took);
            step.tell_own_end(tid);
            if traces_turns() {
                log_step(step);
            }
            self.tell_event(&watch.event);
            self.spare_watch = Some(watch);
            self.note_readers();
        }
    }

    /// The record of the turn that is just over.
    pub(in crate::kernel) fn last_step(&mut self) -> Option<Step> {
        Some(self.spare_watch.as_mut()?.step().clone())
    }

    /// Writes down what a task has done in its turn.
    fn describe_turn(&self, tid: Tid, step: &mut Step) {
        step.tid = tid;
        let Some(task) = &self.table.find(tid) else {
            step.did = Did::Ended(crate::kernel::abi::exit::Exit::Returned);
            return;
        };
        let (mut call, mut reply) = step.take_texts();
        inspect::write_call(task, &mut call);
        step.did = match State::of(task) {
            _ if self.computes(tid) => Did::Computes(call),
            _ if task.is_answered() => {
                inspect::write_reply(task, &mut reply);
                Did::Asked(call, reply)
            }
            _ => {
                step.on = waits_on(task);
                step.until = self.end_of_wait(task);
                step.holders.extend(self.holders_of_waits(task));
                Did::Waits(call)
            }
        };
        step.set_name(task.facts().name.as_ref());
        step.place = inspect::place(task).map(Place::of);
        step.depth = inspect::depth(task);
    }

    /// Notes the end of a task; says whether it will be logged with the turn.
    pub(in crate::kernel) fn note_ended(&mut self, ended: impl FnOnce() -> Ended) -> bool {
        let Some(watch) = &mut self.watch else {
            return false;
        };
        watch.step().ended.push(ended());
        traces_turns()
    }
}
