//! What the ends of a channel between threads share.
//!
//! The items lie in a queue without locks; a call that finds room, or an item, and no other that waits, needs
//! nothing else. One that has to wait queues behind a lock, and looks once more when it stands there:
//!
//! ```text
//!   sender:    put the item in ──▶ does a receiver queue? ──▶ then call the first
//!   receiver:  queue ────────────▶ is there an item? ───────▶ take it and leave; else sleep
//! ```
//!
//! Of the two, one at least sees what the other has done: that is what the fences are for.

use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicUsize, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use concurrent_queue::{ConcurrentQueue, PushError};

use super::super::sleeper::Sleeper;
use super::super::sleeper_queue::SleeperQueue;
use super::super::title::Title;
use crate::channel::TrySendError;
use crate::channel::ends::Ends;
use crate::channel::reach::Channel;
use crate::shown::shown;

/// The most room that is set aside at once, in items; beyond it the bound is kept by counting.
const SMALL: usize = 1 << 12;

pub struct ChannelShared<T> {
    pub(super) title: Title,
    capacity: usize,
    items: ConcurrentQueue<T>,
    /// How many items there are or are about to be, where the queue itself knows no bound.
    counted: AtomicUsize,
    pub(super) senders: Waiters,
    pub(super) receivers: Waiters,
    ends: Ends,
}

/// The calls that wait on one side of a channel.
#[derive(Default)]
pub(super) struct Waiters {
    /// How many wait, for a glance without the lock.
    waiting: AtomicUsize,
    queue: Mutex<SleeperQueue>,
}

impl Waiters {
    /// A panic under this lock, as of a sleeper that cannot be made, leaves what it guards whole.
    fn lock(&self) -> MutexGuard<'_, SleeperQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no call waits, so that a newcomer may go on.
    pub(super) fn is_free(&self) -> bool {
        self.waiting.load(Relaxed) == 0
    }

    /// Calls the first, if one waits, since something has been done for it before.
    pub(super) fn call(&self) {
        fence(SeqCst);
        if !self.is_free() {
            let first = self.lock().call();
            first.into_iter().for_each(Sleeper::wake);
        }
    }

    fn call_all(&self) {
        let sleepers = self.lock().call_all();
        sleepers.into_iter().for_each(Sleeper::wake);
    }

    /// Queues, in its place, and tries what it wants, if it is its turn; it waits on if nothing came
    /// of it. The lock of one side is never taken under the other's: `act` must not call.
    pub(super) fn stand<R>(
        &self,
        number: &mut Option<u64>,
        sleeper: impl FnOnce() -> Sleeper,
        act: impl FnOnce() -> Option<R>,
    ) -> Option<R> {
        let mut queue = self.lock();
        *number = Some(queue.wait(*number, sleeper));
        self.waiting.store(queue.len(), Relaxed);
        fence(SeqCst);
        queue.is_turn_of(*number).then(act).flatten()
    }

    /// Leaves the queue, if it stands there; if there is more, the next is called.
    pub(super) fn leave(&self, number: Option<u64>, has_more: impl FnOnce() -> bool) {
        if number.is_none() {
            return;
        }
        let mut queue = self.lock();
        let own = queue.leave_as(number);
        self.waiting.store(queue.len(), Relaxed);
        let next = if has_more() { queue.call() } else { None };
        drop(queue);
        drop(own);
        next.into_iter().for_each(Sleeper::wake);
    }
}

impl<T> ChannelShared<T> {
    pub(in crate::smp) fn new(kind: &'static str, capacity: usize) -> Self {
        Self {
            title: Title::of(kind),
            capacity,
            items: match capacity {
                ..=SMALL => ConcurrentQueue::bounded(capacity),
                _ => ConcurrentQueue::unbounded(),
            },
            counted: AtomicUsize::new(0),
            senders: Waiters::default(),
            receivers: Waiters::default(),
            ends: Ends::default(),
        }
    }

    /// Puts an item in, of one whose turn it is, and calls no other.
    pub(super) fn push(&self, item: T) -> Result<(), TrySendError<T>> {
        if self.capacity > SMALL && !self.count_one_more() {
            return Err(match self.is_closed() {
                true => TrySendError::Closed(item),
                false => TrySendError::Full(item),
            });
        }
        self.items.push(item).map_err(|refused| match refused {
            PushError::Full(item) => TrySendError::Full(item),
            PushError::Closed(item) => TrySendError::Closed(item),
        })
    }

    /// Counts an item, if there is room for it. One that is refused since the channel is closed stays
    /// counted: nothing more is let in then.
    fn count_one_more(&self) -> bool {
        let more = |count| (count < self.capacity).then_some(count + 1);
        self.counted.fetch_update(SeqCst, SeqCst, more).is_ok()
    }

    /// Takes an item, for one whose turn it is, and calls no other.
    pub(super) fn pop(&self) -> Option<T> {
        let item = self.items.pop().ok()?;
        if self.capacity > SMALL {
            self.counted.fetch_sub(1, SeqCst);
        }
        Some(item)
    }

    /// Whether a receiver seems to have something to learn.
    pub(super) fn has_news(&self) -> bool {
        !self.items.is_empty() || self.is_closed()
    }

    /// Whether a sender seems to have something to learn.
    pub(super) fn has_room(&self) -> bool {
        let count = match self.capacity {
            ..=SMALL => self.items.len(),
            _ => self.counted.load(SeqCst),
        };
        count < self.capacity || self.is_closed()
    }
}

impl<T> Channel for ChannelShared<T> {
    type Name = Arc<str>;
    type Room = usize;

    fn ends(&self) -> &Ends {
        &self.ends
    }

    fn set_name(&self, name: Arc<str>) {
        self.title.set_name(name);
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn is_closed(&self) -> bool {
        self.items.is_closed()
    }

    fn is_over(&self) -> bool {
        self.is_closed() && self.items.is_empty()
    }

    fn close(&self) {
        if self.items.close() {
            fence(SeqCst);
            self.senders.call_all();
            self.receivers.call_all();
        }
    }

    fn drop_items(&self) {
        while let Ok(item) = self.items.pop() {
            drop(item);
        }
    }
}

shown!(impl<T> Debug for ChannelShared<T>: self => "{}, {} items", self.title, self.len());
