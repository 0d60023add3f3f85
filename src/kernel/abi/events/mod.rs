//! What observers see: one record for each turn, and for each birth, death, wake, timer, interrupt
//! and deadlock.
//!
//! Events of a turn come before the record of the turn itself, in the order in which they happened.

mod cause;
mod define;
mod event;
mod step;
mod turn_line;
mod written;

pub use cause::Cause;
pub use event::*;
pub use step::{Candidate, Did, Ended, Place, Step};
pub(in crate::kernel) use turn_line::TurnLine;

/// Sees all that happens in a scheduler; several may do so at once.
///
/// It is called in the loop, not in a task, and can only look. One that panics is dropped, and an error
/// logged. What it has seen is best kept behind a shared handle: an `Rc<RefCell<O>>` is an observer if
/// `O` is one.
///
/// While there is no observer, the loop does nothing for one. While there is, it looks at each wait that
/// begins for a [cycle](Event::Deadlock), which is told at once, though others run on.
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

    /// Whether it looks at turns; asked when it begins to observe. While no observer does, no records
    /// of them are made, which is most of what observing takes, and no observer sees any.
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
