//! The queue at the door of whatever has to be waited for: first in, first out, no barging. Floor 3.

use std::cell::Cell;
use std::fmt;

use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, WaitList};
use crate::wakers::Guests;

/// Who waits for something that can be taken: a lock, a permit, an item, room.
///
/// Whoever comes when nobody waits may take at once; whoever comes later queues. When there is
/// something to take, the first is called, and only the first; when it has taken its share it calls
/// the next. So nobody overtakes, however much the wakes are delayed, and there is at most one call
/// on its way. A caller that gives up passes the call on.
pub(crate) struct Queue {
    pub(crate) list: WaitList,
    /// How many wait: those in the list, and the one that was called and has not come yet.
    waiting: Cell<usize>,
    /// Whether somebody is being called.
    calling: Cell<bool>,
    /// Whether there is nothing to take, as far as whoever set it knows: then nobody is called.
    shut: Cell<bool>,
    /// Futures, which are called when no task waits.
    pub(crate) guests: Guests,
}

impl Queue {
    /// The queue of something of this kind.
    pub(crate) fn of(kind: &'static str) -> Self {
        Self {
            list: WaitList::part_of(kind),
            waiting: Cell::new(0),
            calling: Cell::new(false),
            shut: Cell::new(false),
            guests: Guests::default(),
        }
    }

    /// Whether a newcomer has to queue.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.get() == 0
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.get()
    }

    /// Says that there is nothing to take, or that there may be again: only then is anybody called.
    #[inline(always)]
    pub(crate) fn set_shut(&self, shut: bool) {
        self.shut.set(shut);
    }

    /// Calls the first, since there may be something to take.
    #[inline(always)]
    pub(crate) fn call_next(&self) {
        if !self.is_empty() {
            self.call_first();
        } else {
            self.guests.call();
        }
    }

    /// Wakes all, since nothing more will come.
    pub(crate) fn call_all(&self) {
        self.list.wake_all();
        self.guests.call();
    }

    #[inline(never)]
    fn call_first(&self) {
        if !self.shut.get() && !self.calling.get() {
            // Those that were interrupted have left the list, and have not come yet.
            self.calling.set(self.list.wake_first().is_some());
        }
    }

    fn leave(&self) {
        self.waiting.set(self.waiting.get() - 1);
        if self.is_empty() {
            self.calling.set(false);
        }
    }
}

/// Waits in a queue until `take` finds something.
///
/// `take` is tried when the caller is first in the queue; whatever it takes it takes for good. After
/// it, whoever is next is called: it will find that there is nothing more, or something.
pub(crate) struct Take<'q, F> {
    queue: &'q Queue,
    take: F,
    queued: bool,
}

impl<'q, F> Take<'q, F> {
    pub(crate) fn new(queue: &'q Queue, take: F) -> Self {
        Self {
            queue,
            take,
            queued: false,
        }
    }
}

impl<R, F: FnMut(Tid) -> Option<R>> Take<'_, F> {
    /// To be called from the `serve` of a call.
    pub(crate) fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<R> {
        let queue = self.queue;
        if !self.queued {
            if queue.is_empty()
                && let Some(taken) = (self.take)(caller)
            {
                return Answer::Done(taken);
            }
            // Park first: it panics on another scheduler's list, and then nobody waits.
            kernel.park(caller, &queue.list);
            self.queued = true;
            queue.waiting.set(queue.waiting.get() + 1);
            return Answer::Wait;
        }
        if !kernel.woken(caller) {
            kernel.park(caller, &queue.list);
            return Answer::Wait;
        }
        queue.calling.set(false);
        let Some(taken) = (self.take)(caller) else {
            kernel.park_first(caller, &queue.list);
            return Answer::Wait;
        };
        self.queued = false;
        queue.leave();
        queue.call_next();
        Answer::Done(taken)
    }

    /// To be called from the `abandon` of a call.
    pub(crate) fn abandon(&mut self, kernel: &mut Kernel, caller: Tid) {
        if std::mem::take(&mut self.queued) {
            if kernel.woken(caller) {
                self.queue.calling.set(false);
            }
            self.queue.leave();
            // The next may have been held up by what this one was waiting for, or by its call.
            self.queue.call_next();
        }
    }
}

/// A call that takes, or is interrupted.
impl<R, F: FnMut(Tid) -> Option<R>> SystemCall for Take<'_, F> {
    type Reply = Result<R, Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        match self.serve(kernel, caller) {
            Answer::Done(taken) => Answer::Done(Ok(taken)),
            Answer::Wait => Answer::Wait,
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.abandon(kernel, caller);
        Err(why)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Take({})", self.queue.list)
    }
}
