//! The threads of the process that do offloaded work: made when they are needed, ended when they are idle.
//!
//! ```text
//!   a thread's life:   made ──▶ idle ──▶ takes the first in the queue, does it ──▶ idle … ──▶ ends
//! ```
//!
//! While something is queued there is an idle thread to take it, or one is made; where none can be made,
//! what is queued waits for one that is busy. What would have to wait for none at all is refused. So the
//! queue is empty whenever there is no thread, and a process that forks then leaves nothing behind in it.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The most threads that there are.
pub(super) const MOST: usize = 500;

/// How long a thread stays that has nothing to do.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// What a thread does. It never panics.
pub(super) trait Duty: Send + Sync {
    /// Does it.
    fn perform(self: Arc<Self>);
}

static DESK: Mutex<Desk> = Mutex::new(Desk {
    threads: 0,
    idle: 0,
    made: 0,
    queue: VecDeque::new(),
});

/// Rung for each duty that an idle thread is to take.
static BELL: Condvar = Condvar::new();

struct Desk {
    /// How many threads there are; if none, the queue is empty.
    threads: usize,
    /// How many of them look at the queue next: they wait for the bell, or were made just now.
    idle: usize,
    /// How many have been made, ever.
    made: u64,
    queue: VecDeque<Arc<dyn Duty>>,
}

/// Lets a thread do this, after what was asked for before.
///
/// # Errors
///
/// If there is no thread, and none can be made.
pub(super) fn take(duty: Arc<dyn Duty>) -> io::Result<()> {
    let mut desk = lock();
    if let Err(error) = desk.provide()
        && desk.threads == 0
    {
        return Err(error);
    }
    desk.queue.push_back(duty);
    Ok(())
}

/// As `take`, by a thread that has just done its duty, and so can do this one.
pub(super) fn take_another(duty: Arc<dyn Duty>) {
    lock().queue.push_back(duty);
}

impl Desk {
    /// Sees to it that a thread looks at the queue.
    fn provide(&mut self) -> io::Result<()> {
        if self.idle > 0 {
            BELL.notify_one();
            return Ok(());
        }
        if self.threads == MOST {
            return Ok(());
        }
        // The lock is held meanwhile: nothing may be queued for a thread that does not come to be.
        let name = format!("offload-{}", self.made + 1);
        thread::Builder::new().name(name).spawn(live)?;
        self.made += 1;
        self.threads += 1;
        self.idle += 1;
        Ok(())
    }

    /// Takes the first duty; if there are more, another thread is to look at them.
    fn next(&mut self) -> Option<Arc<dyn Duty>> {
        let duty = self.queue.pop_front()?;
        self.idle -= 1;
        if !self.queue.is_empty() {
            // If no further thread can be made, this one does the rest.
            _ = self.provide();
        }
        Some(duty)
    }
}

/// A thread's whole life.
fn live() {
    while let Some(duty) = next() {
        duty.perform();
        lock().idle += 1;
    }
}

/// Waits for a duty; if none comes for long, there is one thread less, and it must end.
fn next() -> Option<Arc<dyn Duty>> {
    let mut desk = lock();
    loop {
        if let Some(duty) = desk.next() {
            return Some(duty);
        }
        let waited = BELL.wait_timeout(desk, PATIENCE);
        let (still, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        desk = still;
        // What was queued at the last moment is done all the same.
        if waited.timed_out() && desk.queue.is_empty() {
            desk.idle -= 1;
            desk.threads -= 1;
            return None;
        }
    }
}

fn lock() -> MutexGuard<'static, Desk> {
    // None of the users' code runs under this lock, so what it guards is whole.
    DESK.lock().unwrap_or_else(PoisonError::into_inner)
}
