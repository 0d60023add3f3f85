//! A limiter: tokens that tasks borrow, one each, and a number of them that may change.

use std::cell::Cell;
use std::rc::Rc;

use super::error::{LimiterError, TryAcquireError};
use crate::kernel::{SystemCall, Tid, spend, spend_on_reading};
use crate::queue::{Queue, Take, Want, take};
use crate::shown::{described, shown};

/// Bounds how many tasks do something at once; each borrows one token, and how many there are may
/// change at any time.
///
/// First in, first out. A token belongs to the task that borrowed it, so one that holds a token and
/// asks for another has made a mistake that could only end in a deadlock; it is told so. (After trio's
/// `CapacityLimiter`.) Code outside all tasks is no borrower that could be told so: it borrows as many as
/// there are.
///
/// ```
/// use coros::run;
/// use coros::sync::{CapacityLimiter, LimiterError};
///
/// run(|| {
///     let limiter = CapacityLimiter::new(1);
///     let token = limiter.acquire().unwrap();
///     assert!(matches!(limiter.acquire(), Err(LimiterError::AlreadyHolds(_))));
///     limiter.set_capacity(3);
///     assert_eq!((limiter.borrowed(), limiter.available()), (1, 2));
///     drop(token);
///     assert_eq!(limiter.borrowed(), 0);
/// })
/// .unwrap();
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct CapacityLimiter(Rc<Tokens>);

/// What the handles of a limiter share; the borrowers are the holders of its list.
struct Tokens {
    queue: Queue,
    capacity: Cell<usize>,
    borrowed: Cell<usize>,
}

impl CapacityLimiter {
    /// A limiter with this many tokens; with none, all wait until there are some.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Rc::new(Tokens {
            queue: Queue::of("limiter"),
            capacity: Cell::new(capacity),
            borrowed: Cell::new(0),
        }))
    }

    /// Gives it a name, for traces and reports.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.queue.list.set_name(name);
        self
    }

    /// Waits for a token.
    ///
    /// # Errors
    ///
    /// If the caller holds one already, or the wait is interrupted.
    ///
    /// # Panics
    ///
    /// Outside a task, if there is none at once.
    #[track_caller]
    pub fn acquire(&self) -> Result<LimiterPermit, LimiterError> {
        spend();
        take(Borrow(&self.0))
    }

    /// Takes a token, if there is one and no task queues for it. Never waits.
    ///
    /// # Errors
    ///
    /// See [`TryAcquireError`].
    #[track_caller]
    pub fn try_acquire(&self) -> Result<LimiterPermit, TryAcquireError> {
        spend();
        match Borrow(&self.0).at_once(Tid::running()) {
            Some(Ok(permit)) => Ok(permit),
            Some(Err(LimiterError::AlreadyHolds(tid))) => Err(TryAcquireError::AlreadyHolds(tid)),
            Some(Err(LimiterError::Interrupted(_))) | None => Err(TryAcquireError::WouldBlock),
        }
    }

    /// The call that [`acquire`](Self::acquire) makes.
    pub fn acquiring(
        &self,
    ) -> impl SystemCall<Reply = Result<LimiterPermit, LimiterError>> + use<'_> {
        Take::new(Borrow(&self.0))
    }

    /// Changes how many tokens there are. More of them wake waiters; with fewer than are borrowed, none
    /// is taken away, and none lent until enough are back. Not a call: it never suspends.
    pub fn set_capacity(&self, capacity: usize) {
        self.0.capacity.set(capacity);
        self.0.queue.call_next();
    }

    /// How many tokens there are in all.
    #[must_use]
    #[track_caller]
    pub fn capacity(&self) -> usize {
        spend_on_reading();
        self.0.capacity.get()
    }

    /// How many tokens are borrowed: more than there are, for a while after their number shrank.
    #[must_use]
    #[track_caller]
    pub fn borrowed(&self) -> usize {
        spend_on_reading();
        self.0.borrowed.get()
    }

    /// How many tokens could be borrowed, if no task queued for them.
    #[must_use]
    #[track_caller]
    pub fn available(&self) -> usize {
        spend_on_reading();
        let Tokens {
            capacity, borrowed, ..
        } = &*self.0;
        capacity.get().saturating_sub(borrowed.get())
    }

    /// How many tasks wait.
    #[must_use]
    #[track_caller]
    pub fn waiters(&self) -> usize {
        spend_on_reading();
        self.0.queue.len()
    }
}

impl Tokens {
    /// The caller, if it has a token.
    fn borrowed_by(&self, caller: Option<Tid>) -> Option<Tid> {
        caller.filter(|&tid| self.queue.list.has_holder(tid))
    }

    fn lend_to(self: &Rc<Self>, borrower: Option<Tid>) -> Option<LimiterPermit> {
        if self.borrowed.get() >= self.capacity.get() {
            return None;
        }
        self.borrowed.set(self.borrowed.get() + 1);
        if let Some(tid) = borrower {
            self.queue.list.taken_by(tid);
        }
        Some(LimiterPermit {
            tokens: Rc::clone(self),
            borrower,
        })
    }
}

shown!(impl Debug for CapacityLimiter: self =>
    "CapacityLimiter({}, {} of {} lent)",
    self.0.queue.list, self.0.borrowed.get(), self.0.capacity.get());

/// A token of a limiter: it goes back when this is dropped, wherever that is. Not a call.
#[must_use = "a token that is dropped at once limits nothing"]
pub struct LimiterPermit {
    tokens: Rc<Tokens>,
    /// `None` if it was borrowed outside all tasks.
    borrower: Option<Tid>,
}

impl Drop for LimiterPermit {
    fn drop(&mut self) {
        self.tokens.borrowed.set(self.tokens.borrowed.get() - 1);
        if let Some(tid) = self.borrower {
            self.tokens.queue.list.given_back_by(tid);
        }
        self.tokens.queue.call_next();
    }
}

shown!(impl Debug for LimiterPermit {
    Self { borrower: Some(tid), tokens } =>
        format_args!("LimiterPermit({}, borrowed by {tid})", tokens.queue.list),
    Self { borrower: None, tokens } =>
        format_args!("LimiterPermit({}, borrowed outside all tasks)", tokens.queue.list),
});

/// What a task queues for: a token, unless it has one.
struct Borrow<'l>(&'l Rc<Tokens>);

impl Want for Borrow<'_> {
    type Got = LimiterPermit;
    type Error = LimiterError;

    fn queue(&self) -> &Queue {
        &self.0.queue
    }

    fn at_once(&mut self, caller: Option<Tid>) -> Option<Result<LimiterPermit, LimiterError>> {
        match self.queue().is_empty() || self.0.borrowed_by(caller).is_some() {
            true => self.take(caller),
            false => None,
        }
    }

    fn take(&mut self, caller: Option<Tid>) -> Option<Result<LimiterPermit, LimiterError>> {
        match self.0.borrowed_by(caller) {
            Some(tid) => Some(Err(LimiterError::AlreadyHolds(tid))),
            None => self.0.lend_to(caller).map(Ok),
        }
    }

    described!(self => "Acquire({})", self.0.queue.list);
}
