//! The receivers of a channel where each gets all: they wait together.

use std::cell::Cell;

use super::ends::Ends;
use super::last::Last;
use crate::kernel::{Holding, Interrupted, SystemCall, Tid, WaitList};
use crate::syscall::Together;

/// The ends of a channel whose every receiver gets what is sent.
pub(super) struct Audience {
    pub(super) ends: Ends,
    /// Whether nothing more will be sent.
    pub(super) closed: Cell<bool>,
    /// Receivers that have seen all there is; all are woken by whatever happens.
    pub(super) waiting: WaitList,
    last_sender: Last,
}

impl Audience {
    /// Of a channel of this kind, which has a sender.
    pub(super) fn of(kind: &'static str) -> Self {
        let audience = Self {
            ends: Ends::default(),
            closed: Cell::new(false),
            waiting: WaitList::part_of(kind),
            last_sender: Last::default(),
        };
        audience.waiting.set_holding(Holding::Unknown);
        audience.ends.senders.add();
        audience
    }

    /// Wakes all, since the caller has sent something.
    pub(super) fn wake(&self) {
        self.last_sender.set(Tid::running());
        self.waiting.wake_all();
    }

    /// Lets nothing more be sent, and wakes all.
    pub(super) fn close(&self) {
        if !self.closed.replace(true) {
            self.waiting.wake_all();
        }
    }

    /// Counts a sender out; the last one closes the channel.
    pub(super) fn lose_sender(&self) {
        if self.ends.senders.remove() {
            self.close();
        }
    }

    /// The call that waits until there is something.
    pub(super) fn wait<R, E: From<Interrupted>>(
        &self,
        name: &'static str,
        look: impl Fn() -> Option<Result<R, E>>,
    ) -> impl SystemCall<Reply = Result<R, E>> {
        let look = move |_: bool| {
            let found = look();
            if found.is_none() {
                self.last_sender.note_in(&self.waiting);
            }
            found
        };
        Together::new(name, &self.waiting, look)
    }
}
