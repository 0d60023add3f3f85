//! The task that used one side of a channel last, for the report of a stuck run.

use std::cell::Cell;

use crate::kernel::{Tid, WaitList};

/// Who used one side of the channel last: perhaps the task that will end a wait on the other.
#[derive(Default)]
pub(super) struct Last {
    user: Cell<Option<Tid>>,
    /// Who the list was told of.
    noted: Cell<Option<Tid>>,
}

impl Last {
    #[inline]
    pub(super) fn set(&self, user: Option<Tid>) {
        self.user.set(user);
    }

    /// Tells a list where a task begins to wait.
    #[inline(always)]
    pub(super) fn note_in(&self, list: &WaitList) {
        if self.noted != self.user {
            self.note_other(list);
        }
    }

    #[cold]
    fn note_other(&self, list: &WaitList) {
        let user = self.user.get();
        let noted = self.noted.replace(user);
        noted.into_iter().for_each(|tid| list.remove_holder(tid));
        user.into_iter().for_each(|tid| list.add_holder(tid));
    }
}
