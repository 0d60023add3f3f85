//! The members of a group: who they are, how they ended, and how to reach them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use slab::Slab;

use super::error::{Failure, GroupClosed, GroupError, SharedError};
use crate::kernel::{
    Exit, ExitSink, Holding, Interrupted, PostHandle, ScopeId, TaskHandle, Tid, Traits, WaitList,
    cancel, notes, target,
};

/// The scope of a group: whose it is, and how it is reached.
#[derive(Clone)]
pub(super) struct GroupScope {
    pub(super) owner: Tid,
    pub(super) poster: PostHandle,
    id: ScopeId,
}

impl GroupScope {
    /// That of the calling task, in a scope that it has entered.
    pub(super) fn of_caller(id: ScopeId) -> Self {
        let (owner, poster) = PostHandle::of_running().expect("a scope was entered");
        Self { owner, poster, id }
    }
}

/// The members of a group, alive and ended; what is shared with what the kernel keeps of each.
#[doc(hidden)]
pub struct Members(Rc<GroupShared>);

struct GroupShared {
    scope: GroupScope,
    alive: RefCell<Slab<Tid>>,
    /// Those that have ended and were not asked for yet, in that order.
    finished: RefCell<VecDeque<Tid>>,
    failures: RefCell<Vec<Failure>>,
    closed: Cell<bool>,
    /// Why it was cancelled for the first time, by itself or by a member's failure.
    cancelled: RefCell<Option<Interrupted>>,
    /// Where the owner waits for all of them.
    ended: WaitList,
    /// Where callers of `next_ended` wait, for members still to be spawned too.
    next: WaitList,
}

impl GroupShared {
    fn lists(&self) -> [&WaitList; 2] {
        [&self.ended, &self.next]
    }
}

impl Members {
    pub(super) fn new(scope: GroupScope, closed: bool) -> Self {
        let ended = WaitList::part_of("group");
        ended.set_holding(Holding::All);
        Self(Rc::new(GroupShared {
            scope,
            alive: RefCell::default(),
            finished: RefCell::default(),
            failures: RefCell::default(),
            closed: Cell::new(closed),
            cancelled: RefCell::default(),
            ended,
            next: WaitList::part_of("group"),
        }))
    }

    pub(super) fn set_name(&self, name: Rc<str>) {
        self.0.ended.set_name(Rc::clone(&name));
        self.0.next.set_name(name);
    }

    pub(super) fn scope(&self) -> &GroupScope {
        &self.0.scope
    }

    pub(super) fn ended(&self) -> &WaitList {
        &self.0.ended
    }

    pub(super) fn next(&self) -> &WaitList {
        &self.0.next
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.closed.get()
    }

    pub(super) fn close(&self) {
        self.0.closed.set(true);
    }

    /// Makes a new member, at the tail of the run queue.
    ///
    /// # Panics
    ///
    /// If there is no stack of that size to be had.
    #[track_caller]
    pub(super) fn add(
        &self,
        member: &Member,
        traits: Traits,
        body: impl FnOnce() + 'static,
    ) -> Result<TaskHandle, GroupClosed> {
        let owner = self.scope().owner;
        let home = PostHandle::of_running().map(|(_, home)| home);
        let home = home.filter(|home| !self.is_closed() && home.may_lend(owner));
        let home = home.ok_or(GroupClosed)?;
        match home.spawn(traits, body) {
            Ok(task) => {
                home.lend_to(task.tid(), owner);
                member.is_born(task.tid());
                Ok(task)
            }
            // A destructor must not panic: it gets the handle of a task that there never was.
            Err(error) if std::thread::panicking() => {
                log::error!(target: target::TASK, "while unwinding: {error}");
                Err(GroupClosed)
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Cancels all members, and the block.
    pub(super) fn cancel(&self, reason: &str) {
        self.cancel_because(&Interrupted::cancelled(Tid::running(), reason));
    }

    pub(super) fn cancel_because(&self, why: &Interrupted) {
        self.0.cancel_because(why);
    }

    /// Whether this is the group's own cancellation, and none from outside.
    pub(super) fn is_own(&self, why: &Interrupted) -> bool {
        self.0.cancelled.borrow().as_ref() == Some(why)
    }

    /// The next member that has ended; `Err` if that is to be waited for, `Ok(None)` if all were told.
    pub(super) fn next_ended(&self) -> Result<Option<Tid>, ()> {
        match self.0.finished.borrow_mut().pop_front() {
            Some(tid) => Ok(Some(tid)),
            None if self.0.alive.borrow().is_empty() => Ok(None),
            None => Err(()),
        }
    }

    /// Whether every member that was born has ended.
    pub(super) fn all_ended(&self) -> bool {
        self.0.alive.borrow().is_empty()
    }

    /// Keeps what comes of a new member.
    pub(super) fn new_member(&self) -> Rc<Member> {
        Rc::new(Member {
            shared: Rc::clone(&self.0),
            tid: Cell::new(Tid::NONE),
            place: Cell::new(0),
            failure: RefCell::default(),
        })
    }

    /// What the group comes to.
    pub(super) fn outcome<T>(
        &self,
        value: T,
        interrupted: Option<Interrupted>,
    ) -> Result<T, GroupError> {
        let failures = self.0.failures.take();
        match (failures.is_empty(), &interrupted) {
            (true, None) => Ok(value),
            _ => Err(GroupError::new(failures, interrupted)),
        }
    }
}

impl GroupShared {
    fn cancel_because(&self, why: &Interrupted) {
        self.closed.set(true);
        self.cancelled
            .borrow_mut()
            .get_or_insert_with(|| why.clone());
        let GroupScope { owner, poster, id } = &self.scope;
        for (_, &tid) in self.alive.borrow().iter() {
            cancel::interrupt(poster, tid, None, why.clone());
        }
        cancel::interrupt(poster, *owner, Some(*id), why.clone());
    }
}

/// What is kept of one member.
pub(super) struct Member {
    shared: Rc<GroupShared>,
    tid: Cell<Tid>,
    place: Cell<usize>,
    /// The error that it returned.
    pub(super) failure: RefCell<Option<SharedError>>,
}

impl Member {
    /// Notes who it is, now that it is born.
    pub(super) fn is_born(&self, tid: Tid) {
        self.tid.set(tid);
        let place = self.shared.alive.borrow_mut().insert(tid);
        self.place.set(place);
        self.shared
            .lists()
            .into_iter()
            .for_each(|list| list.add_holder(tid));
    }
}

/// A failure in words; those of an error are its author's, and may panic.
fn in_words(failure: &Failure) -> String {
    let told = catch_unwind(AssertUnwindSafe(|| failure.to_string()));
    told.unwrap_or_else(|payload| {
        // Dropping it might panic again.
        std::mem::forget(payload);
        "a member failed with an error that cannot be told: its text panics".to_owned()
    })
}

impl ExitSink for Member {
    fn deliver(&self, exit: &Exit) {
        let (shared, tid) = (&self.shared, self.tid.get());
        notes::note_join(tid);
        shared.alive.borrow_mut().try_remove(self.place.get());
        shared
            .lists()
            .into_iter()
            .for_each(|list| list.remove_holder(tid));
        shared.finished.borrow_mut().push_back(tid);
        let failure = match (exit, self.failure.take()) {
            (Exit::Returned, None) => None,
            (Exit::Returned, Some(error)) => Some(Failure::Returned(tid, error)),
            (Exit::Panicked(message), _) => Some(Failure::Panicked(tid, message.clone())),
            (Exit::Killed, _) => Some(Failure::Killed(tid)),
        };
        if let Some(failure) = failure {
            if shared.failures.borrow().is_empty() {
                shared.cancel_because(&Interrupted::cancelled(Some(tid), in_words(&failure)));
            }
            shared.failures.borrow_mut().push(failure);
        }
        shared.lists().into_iter().for_each(WaitList::wake_all);
    }
}
