//! A task or a thread that waits for another thread, and how it is woken.

use std::cell::OnceCell;
use std::hint::spin_loop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};

use crate::kernel::{Remote, Tid};

/// How often a thread looks before it lets others have its CPU: among them may be its partner.
const LOOKS: u32 = 50;

/// How often it does so before it sleeps: some microseconds, in which a partner that runs may answer.
const ROUNDS: u32 = 5;

/// A task or a thread that waits for another thread.
pub(super) enum Sleeper {
    Task(Remote, Tid),
    Thread(Arc<ThreadParker>),
}

/// Parks a thread that runs no tasks.
pub(super) struct ThreadParker {
    thread: Thread,
    woken: AtomicBool,
}

impl Sleeper {
    /// Wakes it: a hint to look again.
    pub(super) fn wake(self) {
        match self {
            Self::Task(remote, tid) => remote.wake(tid),
            Self::Thread(parker) => {
                parker.woken.store(true, Ordering::Release);
                parker.thread.unpark();
            }
        }
    }
}

impl ThreadParker {
    /// The calling thread's.
    pub(super) fn own() -> Arc<Self> {
        thread_local! {
            static OWN: OnceCell<Arc<ThreadParker>> = const { OnceCell::new() };
        }
        let own = OWN.try_with(|own| Arc::clone(own.get_or_init(Self::new)));
        // A thread that is ending has no memory of its own any more.
        own.unwrap_or_else(|_| Self::new())
    }

    fn new() -> Arc<Self> {
        Arc::new(Self {
            thread: thread::current(),
            woken: AtomicBool::new(false),
        })
    }

    /// Sleeps until it is woken, or was since the last time.
    pub(super) fn sleep(&self) {
        while !self.woken.swap(false, Ordering::Acquire) {
            thread::park();
        }
    }
}

/// Stays awake for a moment, until it seems that what is waited for has come.
pub(super) fn spin(mut seems_so: impl FnMut() -> bool) {
    for _ in 0..ROUNDS {
        for _ in 0..LOOKS {
            if seems_so() {
                return;
            }
            spin_loop();
        }
        thread::yield_now();
    }
}
