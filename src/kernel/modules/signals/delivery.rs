//! What a task does about signals, and those that have come for it.

use std::cell::{Cell, RefCell};

use super::last_resort::review_ends_at;
use crate::kernel::abi::Tid;
use crate::kernel::abi::events::Cause;
use crate::kernel::abi::signal::{Signal, SignalSet};
use crate::kernel::core::{Core, Shared, WaitList};
use crate::kernel::parts::TaskSlot;
use crate::machine::{TaskRef, World};

/// What is kept of a task and its signals.
#[derive(Default)]
pub(super) struct TaskSignals {
    pub(super) asked: Cell<SignalSet>,
    pub(super) ignored: Cell<SignalSet>,
    /// Asked for, come, and not taken yet. One that comes twice meanwhile has come once.
    pub(super) pending: Cell<SignalSet>,
    /// Where those wait that wait for this task's signals.
    pub(super) list: RefCell<Option<WaitList>>,
    /// It was stopped by a signal.
    pub(super) is_stopped: Cell<bool>,
    /// Which task is told of its end.
    parent: Cell<Option<Tid>>,
}

impl TaskSignals {
    pub(super) fn of(task: &TaskRef) -> &Self {
        task.facts().slots.get_or_default()
    }

    /// Wakes all that wait for this task's signals: each looks whether there is one for it.
    pub(super) fn wake_all(&self, cause: Option<Cause>) {
        let list = self.list.borrow().clone();
        if let Some(list) = list {
            for _ in 0..list.parked() {
                match cause {
                    Some(cause) => list.wake_first_for(|_| cause),
                    None => list.wake_first(),
                };
            }
        }
    }
}

impl TaskSlot for TaskSignals {
    /// Those that wait for the task's signals look again, and its parent is told.
    fn ended(&self, world: &mut World, _: &TaskRef) {
        review_ends_at(world, self.asked.get(), asked_of_all);
        self.wake_all(None);
        let parent = self.parent.get().and_then(|parent| world.find(parent));
        if let Some(parent) = parent {
            hand_over(&parent, Signal::Chld);
        }
    }
}

/// Lets a task have a signal that it asked for; says whether it has done something about it.
pub(super) fn hand_over(task: &TaskRef, signal: Signal) -> bool {
    let Some(signals) = task.facts().slots.get::<TaskSignals>() else {
        return false;
    };
    if !signals.asked.get().has(signal) {
        return signals.ignored.get().has(signal);
    }
    signals.pending.set(signals.pending.get().with(signal));
    signals.wake_all(Some(Cause::Interrupt));
    true
}

/// Notes which task is to be told of a new one's end: the parent, if it asked for that.
pub(super) fn note_parent(home: &Shared, child: &TaskRef) {
    if let Some(parent) = home.parent_of_newborn()
        && asked_of(home, parent).has(Signal::Chld)
    {
        TaskSignals::of(child).parent.set(Some(parent));
    }
}

/// The signals that a task has asked for.
pub(super) fn asked_of(home: &Shared, tid: Tid) -> SignalSet {
    kept_of(home, tid, |signals| signals.asked.get())
}

/// The signals that a task ignores.
pub(super) fn ignored_by(home: &Shared, tid: Tid) -> SignalSet {
    kept_of(home, tid, |signals| signals.ignored.get())
}

/// Some of what is kept of a task and its signals; nothing, if nothing is kept.
fn kept_of(home: &Shared, tid: Tid, look: impl FnOnce(&TaskSignals) -> SignalSet) -> SignalSet {
    let task = home.find(tid);
    let signals = task.as_ref().and_then(|task| task.facts().slots.get());
    signals.map_or_else(SignalSet::default, look)
}

/// The signals that tasks have asked for.
pub(super) fn asked_of_all(core: &Core) -> SignalSet {
    let mut asked = SignalSet::default();
    for task in core.tasks() {
        if let Some(signals) = task.facts().slots.get::<TaskSignals>() {
            asked.add_all(signals.asked.get());
        }
    }
    asked
}
