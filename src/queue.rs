//! The queue of the tasks that wait to take a thing: first in, first out, no barging. Floor 3.

use std::cell::Cell;
use std::fmt;
use std::mem::replace;

use crate::kernel::{Answer, Interrupted, Kernel, SystemCall, Tid, WaitList, call};
use crate::shown::described;
use crate::wakers::Wakers;

/// The tasks that wait for something that can be taken: a lock, a permit, an item, room.
///
/// A task that comes when none waits may take at once; one that comes later queues. When there is
/// something to take, the first is called, and only the first; when it has taken its share it calls
/// the next. So none overtakes another, and there is at most one call on its way, unless all are called.
/// A task that gives up calls the next, which may have been held up by it.
pub(crate) struct Queue {
    /// Those that were not called, in their order. One that is interrupted or killed leaves at once.
    pub(crate) list: WaitList,
    /// How many were called, left the list by that, and have not come yet. Each of them calls the next, so
    /// while there is one, no other is called.
    called: Cell<usize>,
    /// Futures, which are called when no task waits.
    pub(crate) wakers: Wakers,
}

impl Queue {
    /// The queue of something of this kind.
    pub(crate) fn of(kind: &'static str) -> Self {
        Self {
            list: WaitList::part_of(kind),
            called: Cell::new(0),
            wakers: Wakers::default(),
        }
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.list.parked() + self.called.get()
    }

    /// Whether a newcomer need not queue.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_calling() && self.list.parked() == 0
    }

    /// Whether there is a task that was called and has not come yet.
    #[inline(always)]
    pub(crate) fn is_calling(&self) -> bool {
        self.called.get() > 0
    }

    /// Calls the first, since there may be something to take.
    #[inline(always)]
    pub(crate) fn call_next(&self) {
        if self.list.parked() > 0 {
            self.call_first();
        } else {
            self.wakers.call();
        }
    }

    #[inline(never)]
    fn call_first(&self) {
        if !self.is_calling() && self.list.wake_first().is_some() {
            self.called.set(1);
        }
    }

    /// Calls all, since nothing more will come.
    pub(crate) fn call_all(&self) {
        self.called.set(self.len());
        self.list.wake_all();
        self.wakers.call();
    }

    /// Whether the caller was called; it has come now.
    #[inline(always)]
    fn comes(&self, kernel: &Kernel, caller: Tid) -> bool {
        let is_called = kernel.woken(caller);
        if is_called {
            self.called.set(self.called.get() - 1);
        }
        is_called
    }
}

/// What is taken from behind a queue; outside all tasks the caller is none.
pub(crate) trait Want {
    type Got;
    type Error: From<Interrupted>;

    /// Where it is waited for.
    fn queue(&self) -> &Queue;

    /// What a newcomer gets, if anything: by default, what it takes if none queues.
    #[inline]
    fn at_once(&mut self, caller: Option<Tid>) -> Option<Result<Self::Got, Self::Error>> {
        match self.queue().is_empty() {
            true => self.take(caller),
            false => None,
        }
    }

    /// Takes what is wanted, for good, or says why it never can be; `None` if it is not there yet. Asked
    /// when it is the caller's turn.
    fn take(&mut self, caller: Option<Tid>) -> Option<Result<Self::Got, Self::Error>>;

    /// Whether there may be something for the next.
    fn is_some_left(&self) -> bool {
        true
    }

    /// Says in words what is asked.
    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Takes what is had at once; waits for it otherwise, which takes a task.
#[inline]
#[track_caller]
pub(crate) fn take<W: Want>(mut want: W) -> Result<W::Got, W::Error> {
    match want.at_once(Tid::running()) {
        Some(got) => got,
        None => call(Take::late(want)),
    }
}

/// The call that waits in a queue until it is its turn and what it wants is there.
pub(crate) struct Take<W> {
    want: W,
    progress: Progress,
}

/// How far a call is on its way through a queue.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// It was not served yet.
    New,
    /// Nor was it, but there is nothing for it at once.
    Late,
    Queued,
}

impl<W: Want> Take<W> {
    pub(crate) fn new(want: W) -> Self {
        let progress = Progress::New;
        Self { want, progress }
    }

    /// The call of a task that has looked just now, and found that it gets nothing at once.
    pub(crate) fn late(want: W) -> Self {
        let progress = Progress::Late;
        Self { want, progress }
    }

    /// Calls the next, which may have been held up by this one's wait, or by its call.
    #[inline(always)]
    fn call_next(&self) {
        if self.want.is_some_left() {
            self.want.queue().call_next();
        }
    }
}

impl<W: Want> SystemCall for Take<W> {
    type Reply = Result<W::Got, W::Error>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let is_called = match replace(&mut self.progress, Progress::Queued) {
            Progress::New => {
                if let Some(got) = self.want.at_once(Some(caller)) {
                    return Answer::Done(got);
                }
                false
            }
            Progress::Late => false,
            Progress::Queued => self.want.queue().comes(kernel, caller),
        };
        if !is_called {
            kernel.park(caller, &self.want.queue().list);
        } else if let Some(got) = self.want.take(Some(caller)) {
            self.call_next();
            return Answer::Done(got);
        } else {
            kernel.park_first(caller, &self.want.queue().list);
        }
        Answer::Wait
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        if self.progress == Progress::Queued {
            self.want.queue().comes(kernel, caller);
            self.call_next();
        }
        Err(why.into())
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.want.describe(out)
    }
}

/// What a closure takes, of which some may always be left for the next.
pub(crate) struct Plain<'q, F> {
    /// What reports call it.
    verb: &'static str,
    queue: &'q Queue,
    take: F,
}

impl<'q, F> Plain<'q, F> {
    pub(crate) fn new(verb: &'static str, queue: &'q Queue, take: F) -> Self {
        Self { verb, queue, take }
    }
}

impl<R, E, F> Want for Plain<'_, F>
where
    E: From<Interrupted>,
    F: FnMut(Option<Tid>) -> Option<Result<R, E>>,
{
    type Got = R;
    type Error = E;

    fn queue(&self) -> &Queue {
        self.queue
    }

    fn take(&mut self, caller: Option<Tid>) -> Option<Result<R, E>> {
        (self.take)(caller)
    }

    described!(self => "{}({})", self.verb, self.queue.list);
}
