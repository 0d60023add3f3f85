//! What observers see: one record for each turn, and for each birth, death, wake, timer and signal.
//!
//! Events of a turn come before the record of the turn itself, in the order in which they happened.

mod happened;
mod noted;
mod rewrite;
mod step;
mod turn_line;
mod written;

use std::time::Duration;

pub use happened::{
    Birth, Cause, Claimed, Death, Dropped, InForce, JobControl, Signal, Slice, Start, Timer,
    TimerDid, Wake,
};
pub use noted::{Hold, Join, Length};
pub use step::{Candidate, Did, Ended, Place, Step};
pub(in crate::kernel) use turn_line::TurnLine;

/// Something that happened in a scheduler.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "record", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "record", serde(rename_all = "snake_case"))]
// Most events are turns, and a box for each would cost more than the room does.
#[allow(clippy::large_enum_variant)]
#[non_exhaustive]
pub enum Event {
    /// Somebody began to observe.
    Start(Start),
    /// A turn of the loop is over.
    Turn(Step),
    /// A task is there.
    Birth(Birth),
    /// A task has ended.
    Death(Death),
    /// A task that waited is ready.
    Wake(Wake),
    /// A timer was set, or went off.
    Timer(Timer),
    /// A task, or one of its scopes, was interrupted.
    Signal(Signal),
    /// A task was stopped by a signal, or told to go on.
    JobControl(JobControl),
    /// A task's stay on a CPU is over.
    Slice(Slice),
    /// A task took or gave back what others may wait for.
    Hold(Hold),
    /// Something was put into a queue without bound, or taken out.
    Length(Length),
    /// Somebody asked what came of a task.
    Join(Join),
    /// A task claims something else from now on.
    Claimed(Claimed),
    /// Another policy was put in force.
    InForce(InForce),
    /// A policy was thrown out.
    Dropped(Dropped),
}

impl Event {
    /// When it happened, counted from the scheduler's start; when the task arrives, if it tells of a birth.
    #[must_use]
    pub fn time(&self) -> Duration {
        match self {
            Self::Start(start) => start.time,
            Self::Turn(step) => step.time,
            Self::Birth(birth) => birth.time,
            Self::Death(death) => death.time,
            Self::Wake(wake) => wake.time,
            Self::Timer(timer) => timer.time,
            Self::Signal(signal) => signal.time,
            Self::JobControl(control) => control.time,
            Self::Slice(slice) => slice.time,
            Self::Hold(hold) => hold.time,
            Self::Length(length) => length.time,
            Self::Join(join) => join.time,
            Self::Claimed(claimed) => claimed.time,
            Self::InForce(in_force) => in_force.time,
            Self::Dropped(dropped) => dropped.time,
        }
    }
}

/// Sees all that happens in a scheduler; several may do so at once.
///
/// It is called in the loop, not in a task, and can only look. One that panics is dropped, and an error
/// logged. What it has seen is best kept behind a shared handle: an `Rc<RefCell<O>>` is an observer if
/// `O` is one.
///
/// While nobody observes, the loop looks at nothing for it.
///
/// ```
/// use std::{cell::RefCell, rc::Rc};
/// use coros::kernel::{Event, Observer};
/// use coros::{Scheduler, yield_now};
///
/// #[derive(Default)]
/// struct Turns(u64);
///
/// impl Observer for Turns {
///     fn observe(&mut self, event: &Event) {
///         self.0 += u64::from(matches!(event, Event::Turn(_)));
///     }
/// }
///
/// let turns = Rc::new(RefCell::new(Turns::default()));
/// let mut sched = Scheduler::builder().observer(Rc::clone(&turns)).build();
/// sched.spawn(yield_now);
/// let report = sched.run().unwrap();
/// assert_eq!(turns.borrow().0, report.turns);
/// ```
pub trait Observer {
    /// Sees one event.
    fn observe(&mut self, event: &Event);

    /// Whether it looks at turns; asked when it begins to observe. While nobody does, no records of them
    /// are made, which is most of what observing takes; nobody is told of them then.
    fn sees_turns(&self) -> bool {
        true
    }

    /// The run has ended, or is stuck: writes out what is kept back, say. There may be another run.
    fn pause(&mut self) {}

    /// No task is ready, and the thread is about to sleep: time to write out what is kept back. Not where
    /// virtual time jumps.
    fn idle(&mut self) {}
}

impl<O: Observer + ?Sized> Observer for std::rc::Rc<std::cell::RefCell<O>> {
    fn observe(&mut self, event: &Event) {
        self.borrow_mut().observe(event);
    }

    fn sees_turns(&self) -> bool {
        self.borrow().sees_turns()
    }

    fn pause(&mut self) {
        self.borrow_mut().pause();
    }

    fn idle(&mut self) {
        self.borrow_mut().idle();
    }
}
