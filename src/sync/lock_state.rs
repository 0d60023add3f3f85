//! A lock without its handles: its value, who holds it and in which way, and who queues for it.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::thread::panicking;

use super::error::TryLockError;
use crate::kernel::{Holding, Tid, target};
use crate::queue::Queue;

/// What the handles and the guards of a lock share.
pub struct LockState<T> {
    /// Its list knows the tasks that hold the lock.
    pub(super) queue: Queue,
    /// How many holds there are; less than 0 if they let no other task in. While it is 0, all that queue wait
    /// behind one that was called.
    pub(super) holds: Cell<isize>,
    /// How many of them code outside all tasks has: the list cannot know it.
    outside: Cell<usize>,
    pub(super) poisoned: Cell<bool>,
    pub(super) value: RefCell<T>,
}

/// A way to hold a lock, and what a hold keeps of its owner: nothing, if the list knows it.
pub trait Way: Copy + Default {
    /// What the call that waits for it is named.
    const VERB: &'static str;

    /// Whether several tasks may hold the lock in this way at a time. They cannot change the value, so
    /// they poison nothing.
    const TOGETHER: bool = false;

    /// Whether a task that holds the lock in this way may have it again.
    const AGAIN: bool = Self::TOGETHER;

    /// What one hold adds to the number of holds.
    const STEP: isize = if Self::TOGETHER { 1 } else { -1 };

    /// What a guard has of the value.
    type Borrow<'l, T: 'l>: Deref<Target = T>;

    /// Borrows the value, which is free.
    fn borrow<T>(value: &RefCell<T>) -> Self::Borrow<'_, T>;

    /// Keeps what is needed to know the owner of a hold.
    #[inline(always)]
    fn of(_owner: Option<Tid>) -> Self {
        Self::default()
    }

    /// The owner of a hold, the only holder unless several hold the lock together; [`Tid::NONE`] is the
    /// code outside all tasks.
    #[inline(always)]
    fn owner<T>(self, state: &LockState<T>) -> Tid {
        state.queue.list.holder().unwrap_or(Tid::NONE)
    }

    /// Notes what the first hold on a free lock means for those that queue.
    #[inline(always)]
    fn begin<T>(_: &LockState<T>) {}
}

impl<T> LockState<T> {
    /// A free lock of this kind.
    pub(super) fn new(kind: &'static str, holding: Holding, value: T) -> Self {
        let queue = Queue::of(kind);
        queue.list.set_holding(holding);
        Self {
            queue,
            holds: Cell::new(0),
            outside: Cell::new(0),
            poisoned: Cell::new(false),
            value: RefCell::new(value),
        }
    }

    /// Whether a newcomer may have the lock, or why not.
    #[inline(always)]
    pub(super) fn at_once<W: Way>(&self, caller: Option<Tid>) -> Result<(), TryLockError> {
        if self.poisoned.get() {
            return Err(TryLockError::Poisoned);
        }
        if self.is_held_by(caller) {
            // Behind others it would wait for itself.
            let joins = W::AGAIN && self.holds.get().signum() == W::STEP;
            return joins.then_some(()).ok_or(TryLockError::WouldDeadlock);
        }
        let is_open = self.is_open::<W>();
        is_open.then_some(()).ok_or(TryLockError::WouldBlock)
    }

    /// Whether it is free, and no task queues for it. Those that queue for one that no task holds have one
    /// called among them: only beside other holders the list must be looked at.
    #[inline(always)]
    pub(super) fn is_open<W: Way>(&self) -> bool {
        let none_queues = match W::TOGETHER {
            true => self.queue.is_empty(),
            false => !self.queue.is_calling(),
        };
        none_queues && self.is_free::<W>() && !self.poisoned.get()
    }

    /// Whether it lets in another task now, be it only one that wants it in another way.
    pub(super) fn lets_in_another(&self) -> bool {
        self.holds.get() >= 0
    }

    /// Whether the first in the queue may have the lock, or why not.
    #[inline(always)]
    pub(super) fn in_turn<W: Way>(&self) -> Result<(), TryLockError> {
        if self.poisoned.get() {
            return Err(TryLockError::Poisoned);
        }
        let is_free = self.is_free::<W>();
        is_free.then_some(()).ok_or(TryLockError::WouldBlock)
    }

    #[inline(always)]
    fn is_free<W: Way>(&self) -> bool {
        let holds = self.holds.get();
        holds == 0 || W::TOGETHER && holds > 0
    }

    #[inline(always)]
    fn is_held_by(&self, caller: Option<Tid>) -> bool {
        match (self.holds.get(), caller) {
            (0, _) => false,
            // By one task, or by code outside all tasks.
            (..0, _) => self.queue.list.holder() == caller,
            (_, Some(tid)) => self.queue.list.has_holder(tid),
            (_, None) => self.outside.get() > 0,
        }
    }

    /// A hold for one that may have it.
    #[inline(always)]
    pub(super) fn give<W: Way>(&self, owner: Option<Tid>) -> Hold<'_, W, T> {
        let holds = self.holds.get();
        if holds == 0 || W::TOGETHER {
            match owner {
                Some(tid) => self.queue.list.taken_by(tid),
                None => self.outside.set(self.outside.get() + 1),
            }
        }
        if holds == 0 {
            W::begin(self);
        }
        self.holds.set(holds + W::STEP);
        Hold {
            state: self,
            way: W::of(owner),
            unwinding: panicking(),
        }
    }

    /// What is left to do at the end of a hold if its owner is no task, or another one.
    #[cold]
    #[inline(never)]
    fn take_back_from(&self, owner: Tid, by: Tid, is_noted: bool) {
        match owner {
            _ if !is_noted => {}
            Tid::NONE => self.outside.set(self.outside.get() - 1),
            tid => self.queue.list.given_back_by(tid),
        }
        if by != owner {
            let name = |tid: Tid| match tid {
                Tid::NONE => "code outside all tasks".to_owned(),
                tid => format!("task {tid}"),
            };
            let (list, by, owner) = (&self.queue.list, name(by), name(owner));
            log::warn!(
                target: target::SYNC,
                "{list} was unlocked by {by}, which dropped the guard of {owner}"
            );
        }
    }
}

/// A hold on a lock, without the value. Its end calls the next in the queue.
pub(super) struct Hold<'l, W: Way, T> {
    pub(super) state: &'l LockState<T>,
    way: W,
    /// The owner was unwinding already. So unwinding is no sign that the hold was torn away from it.
    unwinding: bool,
}

impl<W: Way, T> Hold<'_, W, T> {
    /// Whether the hold is the caller's.
    pub(super) fn is_callers(&self) -> bool {
        self.way.owner(self.state) == running()
    }

    /// Ends the hold, in the name of this task.
    #[inline(always)]
    pub(super) fn end_by(self, caller: Tid) {
        self.end(caller);
        // Nothing is left to do on drop, and it holds nothing but borrows.
        std::mem::forget(self);
    }

    #[inline(always)]
    fn end(&self, by: Tid) {
        let state = self.state;
        let owner = self.way.owner(state);
        if !W::TOGETHER && panicking() && !self.unwinding {
            state.poisoned.set(true);
        }
        let left = state.holds.get() - W::STEP;
        state.holds.set(left);
        if left == 0 {
            state.queue.call_next();
        }
        let is_noted = left == 0 || W::TOGETHER;
        if by != owner || state.outside.get() > 0 {
            state.take_back_from(owner, by, is_noted);
        } else if is_noted {
            state.queue.list.given_back_by(by);
        }
    }
}

impl<W: Way, T> Drop for Hold<'_, W, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.end(running());
    }
}

/// The task that runs, or [`Tid::NONE`].
#[inline(always)]
fn running() -> Tid {
    Tid::running().unwrap_or(Tid::NONE)
}
