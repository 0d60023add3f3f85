//! What the kernel keeps of each place where a task waits, beside the links.

use std::cell::Cell;

use super::exit::Exit;
use super::tid::Tid;
use super::timers::Timer;
use crate::machine::{TaskRef, WaitNode, WaitQueue};

/// A place where a task waits: its slot in the table, and which branch of its call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) slot: u32,
    pub(super) branch: u32,
}

/// What a task waits for at one of its nodes.
pub(super) enum WaitedFor {
    Nothing,
    List(WaitQueue),
    ExitOf(TaskRef),
}

impl WaitedFor {
    pub(super) fn at(node: &WaitNode) -> Self {
        match (WaitQueue::of(node), TaskRef::joined_by(node)) {
            (Some(list), _) => Self::List(list),
            (None, Some(target)) => Self::ExitOf(target),
            (None, None) => Self::Nothing,
        }
    }
}

/// What the kernel keeps of a wait; empty while the task does not wait there.
#[derive(Default)]
pub(crate) struct Wait {
    /// The timer, while it is set.
    pub(super) timer: Cell<Option<Timer>>,
    /// The task that it waited for, and how that ended.
    pub(super) exit: Cell<Option<Box<(Tid, Exit)>>>,
    /// The timer has gone off.
    pub(super) due: Cell<bool>,
    /// The queue it was parked in has chosen it.
    pub(super) woken: Cell<bool>,
    /// Of the first branch of a call: there are more that have no node, since they are in no queue.
    pub(super) not_alone: Cell<bool>,
}

impl Wait {
    /// Whether something has happened here that the task waited for.
    pub(super) fn is_roused(&self) -> bool {
        let exit = self.exit.take();
        let has_exit = exit.is_some();
        self.exit.set(exit);
        self.woken.get() || self.due.get() || has_exit
    }
}
