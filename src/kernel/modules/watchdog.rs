//! The watchdog: tells of tasks that run long without a call, and so hold up all the others.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::devices::Clock;
use crate::kernel::abi::{Tid, title};
use crate::kernel::core::Core;
use crate::kernel::parts::{Change, TaskSlot, log_warn, target, title_of};
use crate::machine::{TaskRef, inspect};

/// What a task may take for one turn, unless it is said.
const DEFAULT_LIMIT: Duration = Duration::from_millis(50);

/// The limit where nothing is said: reading the clock in each turn is for development.
pub(crate) fn default_limit(clock: Clock) -> Option<Duration> {
    (cfg!(debug_assertions) && clock == Clock::Real).then_some(DEFAULT_LIMIT)
}

/// How long turns may take, and what is known of the one that goes on.
struct Watchdog {
    limit: Duration,
    began: Instant,
    /// The last task that ended: the table has forgotten it when the turn is over.
    ended: Option<TaskRef>,
}

/// Whether a task has been told of for running too long without a call.
#[derive(Default)]
struct Overran(Cell<bool>);

impl TaskSlot for Overran {}

/// Tells from now on of turns that take longer.
pub(crate) fn start(core: &mut Core, limit: Duration) {
    core.put_module(Box::new(Watchdog {
        limit,
        began: Instant::now(),
        ended: None,
    }));
    core.add_reader((READER, read));
}

/// Whether turns are watched.
pub(crate) fn is_on(core: &Core) -> bool {
    core.module::<Watchdog>().is_some()
}

/// Under which name the journal is read.
const READER: &str = "watchdog";

fn read(core: &mut Core, change: &Change) {
    if let Change::Ended { task, .. } = change
        && let Some(watchdog) = core.module_mut::<Watchdog>()
    {
        watchdog.ended = Some(task.clone());
    }
}

/// Notes that a task is about to run: time that the loop slept before does not count.
pub(crate) fn begin_turn(core: &mut Core) {
    if let Some(watchdog) = core.module_mut::<Watchdog>() {
        watchdog.began = Instant::now();
    }
}

/// Tells of the task whose turn is just over, once, if that took too long.
pub(crate) fn end_turn(core: &mut Core, tid: Tid) {
    let Some(watchdog) = core.module_mut::<Watchdog>() else {
        return;
    };
    let (took, limit) = (watchdog.began.elapsed(), watchdog.limit);
    let ended = watchdog.ended.take().filter(|task| Tid::of(task) == tid);
    if took > limit {
        tell_of_overrun(core, tid, ended, took, limit);
    }
}

fn tell_of_overrun(
    core: &mut Core,
    tid: Tid,
    ended: Option<TaskRef>,
    took: Duration,
    limit: Duration,
) {
    let living = core.find(tid);
    if let Some(task) = &living
        && task
            .facts()
            .slots
            .get_or_default::<Overran>()
            .0
            .replace(true)
    {
        return;
    }
    let place = living.as_ref().and_then(inspect::place);
    let title = living
        .or(ended)
        .map_or_else(|| title(tid.number(), ""), |task| title_of(&task));
    core.report().overran += 1;
    let up_to = place.map_or(String::new(), |place| format!(", up to {place}"));
    log_warn(
        target::WATCHDOG,
        format_args!(
            "{title} ran for {took:.1?} without a call{up_to}; the limit is {limit:?}: let it call \
             yield_now now and then"
        ),
    );
}
