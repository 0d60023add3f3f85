//! The ledger: what tasks take, give back and fill without asking the kernel, noted while somebody
//! observes.
//!
//! A free lock and a channel with room take no call, so the kernel does not see them. They look at one
//! flag of the thread instead, and leave a note if it is set.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use super::core::Core;
use super::events::{Event, Hold, Join, Length};
use super::list::WaitList;
use super::tid::Tid;

/// Something that a task did without a call.
pub(super) enum Note {
    Hold(Tid, WaitList, Took),
    Length(WaitList, usize),
    Join(Tid),
}

/// Whether something was taken or given back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    It,
    Back,
}

thread_local! {
    static OPEN: Cell<bool> = const { Cell::new(false) };
    /// Whether there are notes.
    static WRITTEN: Cell<bool> = const { Cell::new(false) };
    static NOTES: RefCell<Vec<Note>> = const { RefCell::new(Vec::new()) };
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

/// Notes that somebody asks what came of a task.
pub(crate) fn note_join(tid: Tid) {
    if is_open() {
        write(|| Note::Join(tid));
    }
}

#[cold]
#[inline(never)]
fn write(note: impl FnOnce() -> Note) {
    let note = note();
    // A thread that is ending has no ledger any more.
    let _ = NOTES.try_with(|notes| notes.borrow_mut().push(note));
    WRITTEN.set(true);
}

/// The notes since the last time.
fn take() -> Vec<Note> {
    WRITTEN.set(false);
    NOTES.try_with(RefCell::take).unwrap_or_default()
}

impl Core {
    /// Tells what tasks noted in the ledger since the last time.
    #[inline]
    pub(super) fn tell_notes(&mut self) {
        if WRITTEN.get() && self.is_observed() {
            self.tell_each_note();
        }
    }

    #[inline(never)]
    fn tell_each_note(&mut self) {
        let time = self.moment();
        for note in take() {
            let event = self.told(note, time);
            self.tell(|| event);
        }
    }

    fn told(&mut self, note: Note, time: Duration) -> Event {
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

/// Opens or closes the ledger while a scheduler runs, and then puts back what was before: the notes
/// too, which are another's.
pub(super) struct Open(bool, Vec<Note>);

impl Open {
    pub(super) fn when(observed: bool) -> Self {
        Self(OPEN.replace(observed), take())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.set(self.0);
        let own = take();
        let before = std::mem::take(&mut self.1);
        WRITTEN.set(!before.is_empty());
        let _ = NOTES.try_with(|notes| notes.replace(before));
        // Last, since a list may go with its last note.
        drop(own);
    }
}

/// Closes the ledger for a moment.
pub(super) struct Closed(bool);

impl Closed {
    #[inline]
    pub(super) fn now() -> Self {
        Self(OPEN.replace(false))
    }
}

impl Drop for Closed {
    #[inline]
    fn drop(&mut self) {
        OPEN.set(self.0);
    }
}
