//! Notes: what tasks take, give back and fill without asking the kernel, written down while it is observed.
//!
//! A free lock and a channel with room take no call, so the kernel does not see them. They look at one
//! flag of the thread instead, and write into the journal of the scheduler that runs if it is set.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::shared::Shared;
use crate::kernel::abi::Tid;
use crate::kernel::parts::{Change, Note, Took};
use crate::machine::WaitQueue;

thread_local! {
    static OPEN: Cell<bool> = const { Cell::new(false) };
    /// The scheduler that runs on this thread, if it is observed.
    static OBSERVED: RefCell<Option<Rc<Shared>>> = const { RefCell::new(None) };
}

/// Whether notes are taken now.
#[inline(always)]
pub(crate) fn is_open() -> bool {
    OPEN.get()
}

/// Notes that a task takes, or gives back, what others wait for in this queue.
#[inline(always)]
pub(super) fn note_hold(queue: &WaitQueue, tid: Tid, took: Took) {
    if is_open() {
        write(|| Note::Hold(tid, queue.clone(), took));
    }
}

/// Notes how much is in what this queue belongs to.
#[inline(always)]
pub(super) fn note_length(queue: &WaitQueue, len: usize) {
    if is_open() {
        write(|| Note::Length(queue.clone(), len));
    }
}

/// Notes that a task's outcome is asked for.
pub(crate) fn note_join(tid: Tid) {
    if is_open() {
        write(|| Note::Join(tid));
    }
}

#[cold]
#[inline(never)]
fn write(note: impl FnOnce() -> Note) {
    let observed = OBSERVED.try_with(|observed| observed.borrow().clone());
    if let Ok(Some(home)) = observed {
        let now = home.clock.seen();
        home.journal.note(|| Change::Noted(note(), now));
    }
}

/// Lets notes go to a scheduler's journal, if that is observed, and at the end to where they went before.
pub(crate) struct Open(bool, Option<Rc<Shared>>);

impl Open {
    pub(crate) fn of(home: &Rc<Shared>) -> Self {
        let is_observed = home.journal.is_observed.get();
        let observed = is_observed.then(|| Rc::clone(home));
        let before = OBSERVED.try_with(|now| now.replace(observed));
        Self(OPEN.replace(is_observed), before.ok().flatten())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.set(self.0);
        let before = self.1.take();
        // A thread that is ending takes no notes any more. A list may go with its last note, so last.
        drop(OBSERVED.try_with(|now| now.replace(before)));
    }
}

/// Takes no notes for a moment.
pub(crate) struct Closed(bool);

impl Closed {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(OPEN.replace(false))
    }
}

impl Drop for Closed {
    #[inline]
    fn drop(&mut self) {
        OPEN.set(self.0);
    }
}
