//! Signals from the system: what hears them, and what a run does about them.

use std::io;
use std::time::Duration;

use signal_hook::low_level::emulate_default_handler;

use super::delivery::{asked_of, asked_of_all, hand_over, ignored_by};
use super::hooks::SignalHooks;
use super::last_resort::{end_process_at, end_process_now, review_end_at};
use super::of;
use crate::kernel::abi::signal::{Signal, SignalSet};
use crate::kernel::abi::{Interrupted, Tid};
use crate::kernel::core::Core;
use crate::kernel::modules::cancel::interrupt_task;
use crate::kernel::modules::outside::{Also, hear_also, is_open};
use crate::kernel::modules::stop::{is_stopping, stop_run};
use crate::kernel::parts::{log_warn, target};
use crate::machine::SignalAction;

/// What a run does by itself about signals for the whole process.
const HANDLED: [Signal; 3] = [Signal::Int, Signal::Term, Signal::Hup];

/// Lets the run see to the signals that are meant to end it, if that was asked for, and to those that
/// tasks asked for in a run before.
pub(crate) fn begin_run(core: &mut Core) {
    let mut wanted = SignalSet::default();
    if of(core).grace.is_some() {
        // What is ignored from the start, as under `nohup`, is meant to be.
        let is_meant = |it: &Signal| !SignalAction::is_to_be_ignored(it.number());
        wanted = HANDLED.into_iter().filter(is_meant).collect();
    }
    // Until the outside is opened no task has ever asked.
    if is_open(core) {
        wanted.add_all(asked_of_all(core));
    }
    for signal in wanted.iter() {
        if let Err(error) = hear(core, signal) {
            log_warn(
                target::SIGNAL,
                format_args!("{signal} ends the process at once, since no run can listen: {error}"),
            );
        }
        review_end_at(core, signal, asked_of_all);
    }
}

/// The run is over: signals do again what they did before. One that came too late for any task to hear of
/// it is noted, since the caller of the run may end for it.
pub(crate) fn end_run(core: &mut Core) {
    let of_run = of(core);
    let last = of_run.hooks.as_mut().and_then(SignalHooks::take);
    let last = last.unwrap_or_default();
    let is_handled = of_run.grace.is_some();
    of_run.interrupted.clear();
    if of_run.hooks.take().is_some() {
        _ = hear_also(core, None);
    }
    if is_handled {
        let meant = HANDLED.into_iter().find(|&signal| last.has(signal));
        let report = core.report();
        report.signal = report.signal.or(meant);
    }
}

/// Gets a signal from the system from now on.
pub(super) fn hear(core: &mut Core, signal: Signal) -> io::Result<()> {
    if of(core).hooks.is_none() {
        let also = Also {
            note: note_event,
            read,
        };
        let hooks = SignalHooks::open(hear_also(core, Some(also))?)?;
        of(core).hooks = Some(hooks);
    }
    let hooks = of(core).hooks.as_mut().expect("opened just now");
    hooks.add(signal)
}

/// Notes that the reactor has told of something that may be signals.
fn note_event(core: &mut Core, key: usize) {
    if let Some(hooks) = &of(core).hooks {
        hooks.note_event(key);
    }
}

/// Reads the signals that have come; says whether any may have.
fn read(core: &mut Core) -> bool {
    let come = of(core).hooks.as_mut().and_then(SignalHooks::take);
    let has_come = come.is_some();
    for signal in come.into_iter().flat_map(SignalSet::iter) {
        core.end_turns();
        follow(core, signal);
    }
    has_come
}

/// A signal for the process: the tasks that asked for it have it; the run does the rest.
fn follow(core: &mut Core, signal: Signal) {
    let (mut asked, mut others) = (Vec::new(), Vec::new());
    for task in core.tasks() {
        let tid = Tid::of(&task);
        match asked_of(core, tid).has(signal) {
            true => asked.push(task),
            false => others.push(tid),
        }
    }
    asked.iter().for_each(|task| _ = hand_over(task, signal));
    let ignores = |&tid: &Tid| ignored_by(core, tid).has(signal);
    let is_wanted = !asked.is_empty() || others.iter().any(ignores);
    match (signal, of(core).grace) {
        (Signal::Int, _) => interrupt_run(core, &others),
        (Signal::Term | Signal::Hup, Some(grace)) if asked.is_empty() => {
            core.report().signal.get_or_insert(signal);
            if !is_stopping(core) {
                // The loop has come to it, and has its time of grace from now on.
                review_end_at(core, signal, asked_of_all);
            }
            stop_run(core, grace, Interrupted::signalled(signal, None));
        }
        // The task that asked for it has taken that back, or has ended.
        _ if !is_wanted => _ = emulate_default_handler(signal.number()),
        _ => {}
    }
}

/// Ctrl-C: those tasks that did not ask for it are interrupted; for the second time, that is the end.
fn interrupt_run(core: &mut Core, others: &[Tid]) {
    let why = Interrupted::signalled(Signal::Int, None);
    let is_handled = of(core).grace.is_some();
    let before = std::mem::take(&mut of(core).interrupted);
    if before.iter().any(|&tid| core.find(tid).is_some()) {
        core.report().signal.get_or_insert(Signal::Int);
        if is_handled {
            // To read it has ended the count that began with it; a destructor may block yet.
            end_process_now(core, Signal::Int);
        }
        return stop_run(core, Duration::ZERO, why);
    }
    for &tid in others {
        // To break off one's wait may be the end of another.
        let task = core.find(tid);
        if let Some(task) = task.filter(|_| !ignored_by(core, tid).has(Signal::Int)) {
            core.report().signal.get_or_insert(Signal::Int);
            of(core).interrupted.push(tid);
            interrupt_task(core, &task, why.clone());
        }
    }
    if is_handled && !of(core).interrupted.is_empty() {
        end_process_at(core, Signal::Int, Duration::ZERO);
    }
}
