//! Notes: what tasks take, give back and fill without asking the kernel, written down while it is observed.
//!
//! A free lock and a channel with room take no call, so the kernel does not see them. They look at one
//! flag of the thread instead, and write into the journal of the scheduler that runs if it is set.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use super::Core;
use super::journal::{Change, Note, Took};
use super::list::WaitList;
use super::shared::Shared;
use crate::kernel::abi::events::{Event, Hold, Join, Length};
use crate::kernel::abi::tid::Tid;

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

/// Notes that a task takes, or gives back, what others wait for on this list.
#[inline(always)]
pub(crate) fn note_hold(list: &WaitList, tid: Tid, took: Took) {
    if is_open() {
        write(|| Note::Hold(tid, list.clone(), took));
    }
}

/// Notes how long a queue is.
#[inline(always)]
pub(crate) fn note_length(list: &WaitList, len: usize) {
    if is_open() {
        write(|| Note::Length(list.clone(), len));
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

impl Core {
    /// The event that a note tells of.
    pub(in crate::kernel) fn told(&mut self, note: Note, now: u64) -> Event {
        let time = Duration::from_nanos(now);
        match note {
            Note::Hold(tid, list, took) => Event::Hold(Hold {
                time,
                tid,
                what: list.0.title().into(),
                id: self.number_of(&list),
                taken: took == Took::It,
            }),
            Note::Length(list, len) => Event::Length(Length {
                time,
                what: list.0.title().into(),
                id: self.number_of(&list),
                len: len as u64,
            }),
            Note::Join(tid) => Event::Join(Join { time, tid }),
        }
    }

    /// The number of a list among those that this scheduler's observers were told of.
    fn number_of(&mut self, list: &WaitList) -> u64 {
        let home = self.table.scheduler;
        match list.0.number.get() {
            (scheduler, number) if scheduler == home && number > 0 => number,
            _ => {
                self.lists_told += 1;
                list.0.number.set((home, self.lists_told));
                self.lists_told
            }
        }
    }
}

/// Lets notes go to a scheduler's journal, if that is observed, and at the end to where they went before.
pub(in crate::kernel) struct Open(bool, Option<Rc<Shared>>);

impl Open {
    pub(in crate::kernel) fn of(home: &Rc<Shared>) -> Self {
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

/// Closes the ledger for a moment.
pub(in crate::kernel) struct Closed(bool);

impl Closed {
    #[inline]
    pub(in crate::kernel) fn now() -> Self {
        Self(OPEN.replace(false))
    }
}

impl Drop for Closed {
    #[inline]
    fn drop(&mut self) {
        OPEN.set(self.0);
    }
}
