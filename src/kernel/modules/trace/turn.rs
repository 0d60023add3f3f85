//! The record of a turn: what happens in it is noted, and told when it is over.

use std::time::Duration;

use super::observers::tell_event;
use crate::kernel::abi::events::{Did, Ended, Event, Place, Step, TurnLine};
use crate::kernel::abi::{Exit, Tid};
use crate::kernel::core::{Core, Shared, carry_out_posts, end_of_wait, kill_all, waits_on};
use crate::kernel::parts::{
    Change, candidates, catch_user_panic, holders_of_waits, log_ends, takes_ends, target,
    traces_turns,
};
use crate::machine::inspect;

/// The record of the turn that goes on, and the one of the turn before, whose memory serves for the next:
/// making it anew would take longer than the turn.
#[derive(Default)]
struct Turns {
    open: Option<Box<Record>>,
    spare: Option<Box<Record>>,
    /// What happens between two turns is to be noted, too.
    steps: bool,
    /// The journal is read.
    reads: bool,
}

struct Record {
    /// Always a turn.
    event: Event,
    /// When the turn began.
    began: u64,
    /// Its task has asked for CPU time, and has not got all of it.
    computes: bool,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            event: Event::Turn(Step::of(0, Tid::NONE)),
            began: 0,
            computes: false,
        }
    }
}

impl Record {
    fn step(&mut self) -> &mut Step {
        match &mut self.event {
            Event::Turn(step) => step,
            _ => unreachable!("it is made of a turn"),
        }
    }
}

/// Begins to note what happens up to the end of the next turn; in single steps, what happens between two of
/// them, too.
pub(crate) fn begin(core: &mut Core, steps: bool) {
    let turns = core.module_or_default::<Turns>();
    turns.steps = steps;
    let reads = std::mem::replace(&mut turns.reads, true);
    let mut record = turns.spare.take().unwrap_or_default();
    record.step().clear();
    record.computes = false;
    turns.open = Some(record);
    core.set_tells_turns(true, traces_turns());
    if !reads {
        core.add_reader((READER, read));
    }
}

/// Under which name the journal is read.
const READER: &str = "turns";

fn read(core: &mut Core, change: &Change) {
    let Some(record) = open(core) else { return };
    let step = record.step();
    match change {
        Change::Woken { tid, cause, .. } => {
            step.woke.push(*tid);
            step.causes.push(*cause);
        }
        Change::Ended { task, exit, .. } => step.ended.push(Ended {
            tid: Tid::of(task),
            name: task.facts().name.clone().unwrap_or_default(),
            exit: exit.clone(),
        }),
        Change::Replied(reply) => step.with.clone_from(reply),
        Change::Picked(cpu, reason, now) => {
            step.cpu = *cpu;
            step.candidates.clone_from(&reason.candidates);
            step.why.clone_from(&reason.why);
            record.began = *now;
        }
        Change::Computes => record.computes = true,
        _ => {}
    }
}

/// Notes that the first of the tasks that can run has a turn now; and who could have run, if that is asked
/// for.
pub(crate) fn begin_first_in_line(core: &mut Core, shared: &Shared, tells_who: bool) {
    if let Some(record) = open(core) {
        record.began = shared.clock().seen();
        let step = record.step();
        step.cpu = 0;
        step.candidates.clear();
        if tells_who {
            let in_line = candidates(shared.run_queue(), false, |_| String::new());
            step.candidates.extend(in_line);
        }
    }
}

/// Drops the record of a turn that did not take place, and logs the ends that it had noted. From now on
/// nothing is noted, but in single steps.
pub(crate) fn drop_record(core: &mut Core) {
    core.read_journal();
    if let Some(mut record) = take(core) {
        if traces_turns() {
            log_ends(&record.step().ended);
        }
        close(core, record);
    }
    if let Some(turns) = core.module_mut::<Turns>()
        && !turns.steps
        && std::mem::take(&mut turns.reads)
    {
        core.remove_reader(READER);
    }
}

fn open(core: &mut Core) -> Option<&mut Box<Record>> {
    core.module_mut::<Turns>()?.open.as_mut()
}

fn take(core: &mut Core) -> Option<Box<Record>> {
    core.module_mut::<Turns>()?.open.take()
}

fn close(core: &mut Core, record: Box<Record>) {
    core.module_or_default::<Turns>().spare = Some(record);
    core.set_tells_turns(false, false);
}

/// The run goes on without single steps.
pub(crate) fn end_steps(core: &mut Core) {
    if let Some(turns) = core.module_mut::<Turns>() {
        turns.steps = false;
    }
}

/// Tells of a turn what was noted since its beginning.
pub(crate) fn end(core: &mut Core, tid: Tid) {
    core.read_journal();
    let now = core.clock().read();
    let turn = core.turns_so_far();
    if let Some(mut record) = take(core) {
        let computes = record.computes;
        let step = record.step();
        step.turn = turn;
        step.time = Duration::from_nanos(now);
        describe(core, tid, step, computes);
        if let Some(turns) = core.module_mut::<Turns>() {
            turns.open = Some(record);
        }
    }
    carry_out_posts(core);
    core.read_journal();
    if core.ordinary_tasks() == 0 {
        kill_all(core, |facts| facts.daemon);
        core.read_journal();
    }
    if let Some(mut record) = take(core) {
        let took = now.saturating_sub(record.began);
        let step = record.step();
        step.ready = core.run_queue().len();
        step.took = Duration::from_nanos(took);
        step.tell_own_end(tid);
        if traces_turns() {
            log_step(step);
        }
        tell_event(core, &record.event);
        close(core, record);
    }
}

/// The record of the turn that is just over.
pub(crate) fn last_step(core: &mut Core) -> Option<Step> {
    let turns = core.module_mut::<Turns>()?;
    Some(turns.spare.as_mut()?.step().clone())
}

/// Writes down what a task has done in its turn.
fn describe(core: &Core, tid: Tid, step: &mut Step, computes: bool) {
    step.tid = tid;
    let Some(task) = &core.find(tid) else {
        step.did = Did::Ended(Exit::Returned);
        return;
    };
    let (mut call, mut reply) = step.take_texts();
    inspect::write_call(task, &mut call);
    step.did = if computes {
        Did::Computes(call)
    } else if task.is_answered() {
        inspect::write_reply(task, &mut reply);
        Did::Asked(call, reply)
    } else {
        step.on = waits_on(task);
        step.until = end_of_wait(core, task).map(Duration::from_nanos);
        step.holders.extend(holders_of_waits(task));
        Did::Waits(call)
    };
    step.set_name(task.facts().name.as_ref());
    step.place = inspect::place(task).map(Place::of);
    step.depth = inspect::depth(task);
}

/// Logs a turn, and the ends in it: each of them once, in a line of its own if the log takes those. The
/// turn is over, and stays so if the logger panics.
fn log_step(step: &Step) {
    let apart = takes_ends();
    if apart {
        log_ends(&step.ended);
    }
    let ends = !apart;
    catch_user_panic(|| log::trace!(target: target::TURN, "{}", TurnLine { step, ends }));
}
