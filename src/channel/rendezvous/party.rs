//! The calls and futures that wait in a rendezvous.

use crate::kernel::{Choice, Kernel, PostHandle, Tid, select};

/// A call that waits, or a branch of one.
pub(in crate::channel) struct Party {
    caller: Tid,
    home: PostHandle,
    /// If it is a branch: which of them is answered.
    choice: Option<Choice>,
}

impl Party {
    pub(super) fn of(kernel: &mut Kernel, caller: Tid) -> Self {
        Self {
            caller,
            home: kernel.poster(),
            choice: select::choice(kernel, caller),
        }
    }

    /// Whether its call can still be answered here, as far as is known.
    pub(super) fn is_free(&self) -> bool {
        !self.choice.as_ref().is_some_and(Choice::is_chosen)
    }

    /// Whether it can be chosen now: it is free and not being served.
    pub(super) fn is_open(&self) -> bool {
        self.choice.as_ref().is_none_or(Choice::is_open)
    }

    /// Whether it is part of another call than this task's.
    pub(super) fn is_other_than(&self, caller: Option<Tid>) -> bool {
        caller != Some(self.caller)
    }

    /// Lets its call be answered here, and nowhere else; wakes it.
    pub(super) fn choose(&self) {
        if let Some(choice) = &self.choice {
            choice.choose();
        }
        self.wake();
    }

    /// Wakes it, so that it looks again.
    pub(super) fn wake(&self) {
        self.home.wake(self.caller);
    }
}

/// Who lays an item open.
pub(in crate::channel) enum Offerer {
    /// A call, or a branch of one.
    Call(Party),
    Future,
}

impl Offerer {
    pub(super) fn party(&self) -> Option<&Party> {
        match self {
            Self::Call(party) => Some(party),
            Self::Future => None,
        }
    }

    /// The task that calls, if it is one.
    pub(super) fn caller(&self) -> Option<Tid> {
        self.party().map(|party| party.caller)
    }

    /// Whether its item can be that of a receiver: of this caller's call, if it is one.
    pub(super) fn may_meet(&self, requester: Option<Tid>) -> bool {
        let can = |party: &Party| party.is_free() && party.is_other_than(requester);
        self.party().is_none_or(can)
    }

    /// Whether its item may be taken now: not in the middle of its own call, which decides by itself.
    pub(super) fn is_open(&self) -> bool {
        self.party().is_none_or(Party::is_open)
    }
}
