//! What the kernel keeps of each place where a task waits, beside the links.

use std::cell::Cell;

use super::outcome::HowEnded;
use crate::devices::Timer;
use crate::kernel::abi::{Exit, Tid};
use crate::machine::{TaskRef, WaitNode, WaitQueue, World};

/// A place where a task waits: its slot in the table, and which branch of its call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) slot: u32,
    pub(crate) branch: u32,
}

/// What is to be done when a timer goes off.
#[derive(Clone, Copy)]
pub(crate) enum Due {
    /// Wake the task that waits here.
    Wait(Place),
    /// Let a module act, on the task in this slot and a number of its own.
    Run(fn(&mut World, u32, u64), u32, u64),
}

/// What a task waits for at one of its nodes.
pub(crate) enum WaitedFor {
    Nothing,
    List(WaitQueue),
    ExitOf(TaskRef),
}

impl WaitedFor {
    pub(crate) fn at(node: &WaitNode) -> Self {
        match (WaitQueue::of(node), TaskRef::joined_by(node)) {
            (Some(list), _) => Self::List(list),
            (None, Some(target)) => Self::ExitOf(target),
            (None, None) => Self::Nothing,
        }
    }
}

/// The tasks that can end a wait, as far as is known: those that hold what is waited for.
pub(crate) fn holders_of(wait: &WaitNode) -> Vec<Tid> {
    match WaitedFor::at(wait) {
        WaitedFor::Nothing => Vec::new(),
        WaitedFor::List(list) => list.holders.all(),
        WaitedFor::ExitOf(target) => vec![Tid::of(&target)],
    }
}

/// The same of all waits that a task is in.
pub(crate) fn holders_of_waits(task: &TaskRef) -> Vec<Tid> {
    let mut holders = Vec::new();
    task.each_wait(|wait| holders.extend(holders_of(wait)));
    holders
}

/// What the kernel keeps of a wait; empty while the task does not wait there.
#[derive(Default)]
pub(crate) struct Wait {
    /// The timer, while it is set.
    pub(crate) timer: Cell<Option<Timer>>,
    /// The words of the panic by which the task ended that it waited for.
    #[allow(clippy::box_collection)] // A word: the wait is to fit a cache line.
    panic: Cell<Option<Box<String>>>,
    /// Of which task that is known, by the end of its number, and how it ended.
    target: Cell<u32>,
    ended: Cell<HowEnded>,
    /// The timer has gone off.
    pub(crate) due: Cell<bool>,
    /// The queue it was parked in has chosen it.
    pub(crate) woken: Cell<bool>,
    /// Of the first branch of a call: there are more that have no node, since they are in no queue.
    pub(crate) not_alone: Cell<bool>,
}

impl Wait {
    /// Tells how the task ended that it waited for.
    pub(crate) fn tell_exit(&self, target: Tid, exit: &Exit) {
        self.target.set(target.number() as u32);
        self.ended.set(HowEnded::of(exit));
        if let Exit::Panicked(words) = exit {
            self.panic.set(Some(Box::new(words.clone())));
        }
    }

    /// How this task ended, if it is the one that was waited for, and has; told once.
    #[inline]
    pub(crate) fn take_exit_of(&self, target: Tid) -> Option<Exit> {
        let is_its = self.target.get() == target.number() as u32;
        is_its.then(|| self.take_exit()).flatten()
    }

    fn take_exit(&self) -> Option<Exit> {
        let words = || self.panic.take().map_or_else(String::new, |words| *words);
        self.ended.replace(HowEnded::NotYet).exit(words)
    }

    /// Whether something has happened here that the task waited for.
    pub(crate) fn is_roused(&self) -> bool {
        self.woken.get() || self.due.get() || self.ended.get() != HowEnded::NotYet
    }

    /// Forgets what has happened here.
    #[inline(always)]
    pub(crate) fn clear(&self) {
        self.due.set(false);
        self.woken.set(false);
        self.not_alone.set(false);
        if self.ended.get() != HowEnded::NotYet {
            self.take_exit();
        }
    }
}
