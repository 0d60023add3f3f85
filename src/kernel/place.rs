//! Places: where a task waits, and what it keeps of each wait.

use std::cell::Cell;
use std::rc::Rc;

use super::exit::Exit;
use super::list::List;
use super::tid::Tid;
use super::timers::Timer;

/// A place where a task waits: its slot in the table, and which branch of its call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place(u64);

/// No place.
pub(super) const NIL: Place = Place(u64::MAX);

impl Place {
    #[inline(always)]
    pub(super) fn new(slot: u32, branch: u32) -> Self {
        Self(u64::from(branch) << 32 | u64::from(slot))
    }

    #[inline(always)]
    pub(super) fn slot(self) -> u32 {
        self.0 as u32
    }

    #[inline(always)]
    pub(super) fn branch(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// The two ends of a list whose links lie in wait slots.
pub(super) struct Ends {
    pub(super) head: Cell<Place>,
    pub(super) tail: Cell<Place>,
}

impl Ends {
    pub(super) const fn new() -> Self {
        Self {
            head: Cell::new(NIL),
            tail: Cell::new(NIL),
        }
    }

    pub(super) fn first(&self) -> Option<Place> {
        Some(self.head.get()).filter(|&place| place != NIL)
    }
}

/// Which end of a list to join it at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Head,
    Tail,
}

/// Which list a task is in.
#[derive(Default)]
pub(super) enum Queue {
    #[default]
    None,
    /// A wait list of the users'.
    List(Rc<List>),
    /// The joiners of the task in this slot.
    ExitOf(u32),
}

/// What a task keeps of the wait it is in.
pub(super) struct WaitSlot {
    pub(super) queue: Queue,
    pub(super) prev: Cell<Place>,
    pub(super) next: Cell<Place>,
    /// The timer, while it is set.
    pub(super) timer: Option<Timer>,
    /// The timer has gone off.
    pub(super) due: bool,
    /// The list it was parked on has chosen it.
    pub(super) woken: bool,
    /// Of the first branch of a call: there are more that have no slot, since they are in no list.
    pub(super) not_alone: bool,
    /// The task that it waited for, and how that ended.
    pub(super) exit: Option<Box<(Tid, Exit)>>,
    /// When the wait began, in nanoseconds of the scheduler's clock.
    pub(super) since: u64,
}

impl Default for WaitSlot {
    fn default() -> Self {
        Self {
            queue: Queue::None,
            prev: Cell::new(NIL),
            next: Cell::new(NIL),
            timer: None,
            due: false,
            woken: false,
            not_alone: false,
            exit: None,
            since: 0,
        }
    }
}
