//! The observers of a scheduler, and how they are told.

use std::time::Duration;

use crate::kernel::abi::Tid;
use crate::kernel::abi::events::{
    Birth, Cause, Death, Event, Hold, Join, Length, Observer, Start, Wake,
};
use crate::kernel::core::{Core, end_of_wait, notes};
use crate::kernel::parts::{Change, Note, Took, catch_user_panic, log_error, target};
use crate::machine::{TaskRef, WaitQueue};

/// The observers of a scheduler.
#[derive(Default)]
struct Observers {
    all: Vec<Box<dyn Observer>>,
    /// One of them at least looks at turns.
    see_turns: bool,
    /// How many lists they were told of.
    lists: u64,
}

/// What observers are told of the scheduler when they come.
pub(crate) type StartOf = fn(&Core) -> Start;

/// Adds an observer, and tells it what it finds.
pub(crate) fn observe(core: &mut Core, observer: Box<dyn Observer>, start: StartOf) {
    core.read_journal();
    // One that panics now does so again when it is told something, and is dropped then.
    let sees_turns = catch_user_panic(|| observer.sees_turns()).unwrap_or(true);
    let observers = core.module_or_default::<Observers>();
    observers.see_turns |= sees_turns;
    // The others know.
    let others = std::mem::replace(&mut observers.all, vec![observer]);
    let start = start(core);
    tell_event(core, &Event::Start(start));
    let now = core.clock().seen();
    for task in core.tasks() {
        let time = end_of_wait(core, &task)
            .filter(|_| task.facts().is_expected())
            .unwrap_or(now);
        tell_event(core, &birth_of(&task, None, time));
    }
    core.module_or_default::<Observers>()
        .all
        .splice(0..0, others);
    review(core);
}

/// Whether an observer looks at turns.
pub(crate) fn see_turns(core: &Core) -> bool {
    core.module::<Observers>().is_some_and(|it| it.see_turns)
}

/// Says anew whether there are observers.
fn review(core: &mut Core) {
    let observers = core.module_or_default::<Observers>();
    let is_observed = !observers.all.is_empty();
    // While no observer looks at turns, no records of them are made.
    observers.see_turns &= is_observed;
    core.set_observed(is_observed);
    match is_observed {
        true => core.add_reader((READER, read)),
        false => core.remove_reader(READER),
    }
}

/// Under which name the journal is read.
const READER: &str = "observers";

fn read(core: &mut Core, change: &Change) {
    let event = match change {
        Change::Told(event) => return tell_event(core, event),
        Change::Sleeps => return each(core, |observer| observer.idle()),
        Change::Noted(note, now) => noted(core, note, *now),
        Change::Woken { tid, cause, now } => woken(*tid, *cause, *now),
        Change::Born { task, parent, time } => birth_of(task, *parent, *time),
        Change::Ended { task, exit, now } => Event::Death(Death {
            time: Duration::from_nanos(*now),
            tid: Tid::of(task),
            exit: exit.clone(),
        }),
        _ => return,
    };
    tell_event(core, &event);
}

/// Tells all observers; one that panics is one no more.
#[inline(never)]
pub(crate) fn tell_event(core: &mut Core, event: &Event) {
    each(core, |observer| observer.observe(event));
}

/// Lets observers write out what they keep back.
pub(crate) fn pause(core: &mut Core) {
    core.read_journal();
    each(core, |observer| observer.pause());
}

fn each(core: &mut Core, mut visit: impl FnMut(&mut dyn Observer)) {
    // What observers do themselves is not observed.
    let _closed = notes::Closed::now();
    let Some(observers) = core.module_mut::<Observers>() else {
        return;
    };
    let failed = observers.all.extract_if(.., |observer| {
        catch_user_panic(|| visit(&mut **observer)).is_none()
    });
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() {
        return;
    }
    for observer in failed {
        // It is the user's, and may panic again.
        catch_user_panic(|| drop(observer));
        log_error(
            target::OBSERVER,
            format_args!("an observer panicked, and sees no more"),
        );
    }
    review(core);
}

fn woken(tid: Tid, cause: Cause, now: u64) -> Event {
    let time = Duration::from_nanos(now);
    Event::Wake(Wake { time, tid, cause })
}

fn birth_of(task: &TaskRef, parent: Option<Tid>, time: u64) -> Event {
    let facts = task.facts();
    Event::Birth(Birth {
        time: Duration::from_nanos(time),
        tid: Tid::of(task),
        name: facts.name.clone().unwrap_or_default(),
        daemon: facts.daemon,
        parent,
        claim: facts.claim(),
    })
}

/// The event that a note tells of.
fn noted(core: &mut Core, note: &Note, now: u64) -> Event {
    let time = Duration::from_nanos(now);
    match note {
        Note::Hold(tid, list, took) => Event::Hold(Hold {
            time,
            tid: *tid,
            what: list.title().into(),
            id: number_of(core, list),
            taken: *took == Took::It,
        }),
        Note::Length(list, len) => Event::Length(Length {
            time,
            what: list.title().into(),
            id: number_of(core, list),
            len: *len as u64,
        }),
        Note::Join(tid) => Event::Join(Join { time, tid: *tid }),
    }
}

/// The number of a list among those that this scheduler's observers were told of.
fn number_of(core: &mut Core, list: &WaitQueue) -> u64 {
    let home = core.number();
    match list.number.get() {
        (scheduler, number) if scheduler == home && number > 0 => number,
        _ => {
            let observers = core.module_or_default::<Observers>();
            observers.lists += 1;
            list.number.set((home, observers.lists));
            observers.lists
        }
    }
}
