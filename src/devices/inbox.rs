//! The inbox: what other threads have for a scheduler.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mio::Waker;

/// Takes messages from any thread, and wakes the one that reads them if it sleeps.
pub(crate) struct Inbox<T> {
    /// None when it will never be read again.
    messages: Mutex<Option<Vec<T>>>,
    has_some: AtomicBool,
    /// Whether only what belongs to work that goes on is taken.
    refuses: AtomicBool,
    /// How many may still leave messages.
    writers: AtomicUsize,
    /// Whether the reader sleeps, or is about to.
    sleeps: AtomicBool,
    waker: Arc<Waker>,
}

impl<T> Inbox<T> {
    pub(crate) fn new(waker: Arc<Waker>) -> Self {
        Self {
            messages: Mutex::new(Some(Vec::new())),
            has_some: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
            writers: AtomicUsize::new(0),
            sleeps: AtomicBool::new(false),
            waker,
        }
    }

    /// Leaves a message.
    ///
    /// # Errors
    ///
    /// Gives it back if it will never be read.
    pub(crate) fn put(&self, message: T) -> Result<(), T> {
        match self.lock().as_mut() {
            Some(messages) => messages.push(message),
            None => return Err(message),
        }
        self.has_some.store(true, SeqCst);
        self.rouse();
        Ok(())
    }

    /// As `put`, of new work, which is taken until it is refused.
    pub(crate) fn put_new(&self, message: T) -> Result<(), T> {
        match self.refuses.load(SeqCst) {
            true => Err(message),
            false => self.put(message),
        }
    }

    /// Takes no new work from now on.
    pub(crate) fn refuse(&self) {
        self.refuses.store(true, SeqCst);
    }

    /// Takes new work again.
    pub(crate) fn accept(&self) {
        self.refuses.store(false, SeqCst);
    }

    /// Notes that there is one more who may leave messages.
    pub(crate) fn add_writer(&self) {
        self.writers.fetch_add(1, SeqCst);
    }

    /// Notes that there is one less; the reader may find that nothing can come any more.
    pub(crate) fn remove_writer(&self) {
        self.writers.fetch_sub(1, SeqCst);
        self.rouse();
    }

    /// How many may still leave messages.
    pub(crate) fn writers(&self) -> usize {
        self.writers.load(SeqCst)
    }

    /// Wakes the reader if it sleeps.
    pub(crate) fn rouse(&self) {
        if self.sleeps.swap(false, SeqCst) {
            // It fails only if the counter that it adds to is full: then the reader is awake.
            _ = self.waker.wake();
        }
    }

    /// Whether there is anything to read.
    #[inline]
    pub(crate) fn has_some(&self) -> bool {
        self.has_some.load(SeqCst)
    }

    /// Whether new work is refused.
    pub(crate) fn refuses(&self) -> bool {
        self.refuses.load(SeqCst) || self.lock().is_none()
    }

    /// Takes all messages out, into an empty vector whose memory serves for those that come.
    pub(crate) fn take_into(&self, taken: &mut Vec<T>) {
        if self.has_some.swap(false, SeqCst)
            && let Some(messages) = self.lock().as_mut()
        {
            std::mem::swap(messages, taken);
        }
    }

    /// Says that the reader is about to sleep; if not even then there is a message, it may.
    pub(crate) fn may_sleep(&self) -> bool {
        self.sleeps.store(true, SeqCst);
        !self.has_some()
    }

    /// Says that the reader is awake.
    pub(crate) fn awake(&self) {
        self.sleeps.store(false, SeqCst);
    }

    /// Takes no more; gives back what was not read.
    pub(crate) fn close(&self) -> Vec<T> {
        self.lock().take().unwrap_or_default()
    }

    /// A thread cannot panic while it holds this lock, so what it guards is whole.
    fn lock(&self) -> MutexGuard<'_, Option<Vec<T>>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
