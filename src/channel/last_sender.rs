//! Who sent last through a channel: perhaps whoever waits there waits for more from it.

use std::cell::Cell;

use crate::kernel::{Holding, Tid, WaitList};

/// Keeps the one task that sent last as the holder of a channel's list, for reports.
#[derive(Default)]
pub(super) struct LastSender(Cell<Option<Tid>>);

impl LastSender {
    /// A list for those who wait in a channel of this kind.
    pub(super) fn list(kind: &'static str) -> WaitList {
        let list = WaitList::part_of(kind);
        list.set_holding(Holding::Perhaps);
        list
    }

    /// Notes that the caller sends; cheap, if it did before.
    #[inline]
    pub(super) fn note(&self, list: &WaitList) {
        let sender = Tid::current();
        let before = self.0.replace(sender);
        if before == sender {
            return;
        }
        if let Some(before) = before {
            list.remove_holder(before);
        }
        if let Some(sender) = sender {
            list.add_holder(sender);
        }
    }
}
