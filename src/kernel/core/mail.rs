//! Posts: requests that need no answer, so that whoever makes them never suspends.
//!
//! `Drop` uses posts only. They go to their own scheduler's mailbox, not to whichever scheduler runs
//! at the moment, and are read before that scheduler picks its next task.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

use super::Core;
use super::shared::Shared;
use super::task::{SpawnError, Traits};
use crate::kernel::abi::interrupted::Interrupted;
use crate::kernel::abi::tid::Tid;
use crate::kernel::modules::cancel::{Expiry, ScopeId, Scopes, Shield};
use crate::kernel::modules::guests::Lounge;
use crate::kernel::modules::signals::Signal;
use crate::machine::TaskRef;

/// A request that needs no answer: what runs foreign code, and so must wait for the loop.
pub(in crate::kernel) enum Post {
    /// Wakes the futures that wait there: their wakers are the users'.
    Notify(Rc<Lounge>),
    Kill(Tid),
    Signal(Box<(Tid, Signal, Option<Tid>)>),
}

/// Where posts wait to be read, and the one alarm that the loop looks at in every turn.
///
/// The alarm counts the turns that may be taken before the loop looks at all that it does not look
/// at in every turn: the clock, say. A post makes it ring at once; what it had left is put aside.
#[derive(Default)]
pub(in crate::kernel) struct Mailbox {
    posts: RefCell<VecDeque<Post>>,
    alarm: Cell<u32>,
    aside: Cell<u32>,
    closed: Cell<bool>,
}

impl Mailbox {
    /// Leaves a post; a closed mailbox drops it, since nobody is left whom it could concern.
    #[inline]
    pub(in crate::kernel) fn put(&self, post: Post) {
        if !self.closed.get() {
            self.posts.borrow_mut().push_back(post);
            self.ring();
        }
    }

    /// Whether a post may end a task's wait that is there and was not read yet.
    pub(in crate::kernel) fn will_reach(&self, tid: Tid) -> bool {
        self.posts.borrow().iter().any(|post| match post {
            Post::Notify(_) => false,
            Post::Kill(victim) => *victim == tid,
            Post::Signal(post) => post.0 == tid,
        })
    }

    /// Whether there are posts that were not read.
    pub(in crate::kernel) fn has_posts(&self) -> bool {
        !self.posts.borrow().is_empty()
    }

    #[inline]
    fn take(&self) -> Option<Post> {
        self.posts.borrow_mut().pop_front()
    }

    /// Lets the loop look at everything before its next turn.
    #[inline]
    pub(in crate::kernel) fn ring(&self) {
        self.aside.set(self.turns_left());
        self.alarm.set(0);
    }

    /// Counts a turn, also where a post has come since the loop looked for the last time.
    pub(in crate::kernel) fn count_turn_though_it_rings(&self) {
        match self.rings() {
            true => self.aside.set(self.aside.get().saturating_sub(1)),
            false => self.count_turn(),
        }
    }

    /// Whether the loop is to look at everything now.
    #[inline(always)]
    pub(in crate::kernel) fn rings(&self) -> bool {
        self.alarm.get() == 0
    }

    /// Counts a turn.
    #[inline(always)]
    pub(in crate::kernel) fn count_turn(&self) {
        self.alarm.set(self.alarm.get().wrapping_sub(1));
    }

    /// How many turns may be taken before the alarm rings by itself.
    pub(in crate::kernel) fn turns_left(&self) -> u32 {
        self.alarm.get() + self.aside.get()
    }

    /// Sets the alarm.
    pub(in crate::kernel) fn set_alarm(&self, turns: u32) {
        self.alarm.set(turns);
        self.aside.set(0);
    }

    /// Drops what is there and whatever comes.
    pub(in crate::kernel) fn close(&self) {
        self.closed.set(true);
        drop(self.posts.take());
    }
}

/// A way to post to one scheduler, from anywhere on its thread and for as long as one likes.
#[derive(Clone)]
pub(crate) struct Poster(Rc<Shared>);

impl Poster {
    /// The task that runs now, and the way to its scheduler; `None` outside tasks, and in one that is driven
    /// by hand.
    pub(crate) fn of_running() -> Option<(Tid, Self)> {
        TaskRef::with_running(|task| {
            let home = task.facts().home.get()?;
            Some((Tid::of(task), Self(Rc::clone(home))))
        })
        .flatten()
    }

    /// Makes a task of that scheduler; it goes to the tail of the run queue.
    #[inline]
    pub(crate) fn spawn(
        &self,
        traits: Traits,
        f: impl FnOnce() + 'static,
    ) -> Result<Tid, SpawnError> {
        self.0.spawn(traits, f)
    }

    /// Makes a task the ward of another, whose stack it may borrow from; see `family`.
    pub(crate) fn entrust(&self, ward: Tid, guardian: Tid) {
        self.0.entrust(ward, guardian);
    }

    /// Whether a task may have wards now.
    pub(crate) fn may_guard(&self, tid: Tid) -> bool {
        self.0.may_guard(tid)
    }

    /// Lets the task that runs enter a scope; `None` where there is none, or no scheduler serves it.
    #[inline]
    pub(crate) fn enter_scope(shield: Shield, expiry: Expiry) -> Option<ScopeId> {
        TaskRef::with_running(|task| {
            let home = task.facts().home.get()?;
            Some(home.enter_scope(task, shield, expiry))
        })
        .flatten()
    }

    /// Lets the task that runs leave a scope; says what its waits were told of it.
    #[inline]
    pub(crate) fn leave_scope(id: ScopeId) -> Option<Interrupted> {
        TaskRef::with_running(|task| task.facts().home.get()?.leave_scope(task, id)).flatten()
    }

    /// Whether both lead to the same scheduler.
    pub(crate) fn is_same(&self, other: &Poster) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Wakes a task of that scheduler: a hint to look again.
    pub(crate) fn wake(&self, tid: Tid) {
        self.0.wake(tid, self.0.waker());
    }

    /// Wakes futures before the next task is picked.
    pub(in crate::kernel) fn notify(&self, lounge: &Rc<Lounge>) {
        self.0.mail.put(Post::Notify(Rc::clone(lounge)));
    }

    /// Asks for a task's end before the next task is picked.
    pub(crate) fn kill(&self, tid: Tid) {
        self.0.mail.put(Post::Kill(tid));
    }

    /// Interrupts a task, or one of its scopes.
    pub(crate) fn interrupt(&self, tid: Tid, scope: Option<ScopeId>, why: Interrupted) {
        if let Some(task) = self.0.table.find(tid) {
            self.0.interrupt(&task, scope.unwrap_or(Scopes::TASK), why);
        }
    }

    /// Moves the deadline of a task's scope; past ones expire it at once.
    pub(crate) fn set_deadline(&self, tid: Tid, scope: ScopeId, deadline: Option<Instant>) {
        if let Some(task) = self.0.table.find(tid) {
            self.0.clock.read();
            let deadline = deadline.map(|deadline| self.0.clock.time(deadline));
            self.0.set_deadline(&task, scope, deadline);
        }
    }
}

impl Core {
    pub(in crate::kernel) fn poster(&self) -> Poster {
        Poster(Rc::clone(&self.shared))
    }

    /// Reads and carries out all posts, those too that come of carrying out.
    pub(in crate::kernel) fn read_mail(&mut self) {
        while let Some(post) = self.mail.take() {
            self.carry_out(post);
        }
    }

    /// Reads and carries out the posts that are there now.
    pub(in crate::kernel) fn read_mail_of_now(&mut self) {
        let count = self.mail.posts.borrow().len();
        for post in (0..count)
            .map_while(|_| self.mail.take())
            .collect::<Vec<_>>()
        {
            self.carry_out(post);
        }
    }

    #[inline(always)]
    fn carry_out(&mut self, post: Post) {
        match post {
            Post::Notify(lounge) => lounge.wake_all(),
            Post::Kill(tid) => self.kill_as_posted(tid),
            Post::Signal(post) => {
                let (tid, signal, by) = *post;
                self.signal_as_posted(tid, signal, by);
            }
        }
    }
}
