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
pub(super) const MOST_THREADS: usize = 500;

/// How long a thread stays that has nothing to do.
pub(super) const IDLE: Duration = Duration::from_secs(1);

/// What a thread does. It never panics.
pub(super) trait ThreadTurn: Send + Sync {
    /// Does it.
    fn run(self: Arc<Self>);
}

static THREADS: Mutex<Threads> = Mutex::new(Threads {
    count: 0,
    idle: 0,
    made: 0,
    queue: VecDeque::new(),
});

/// Rung for each turn that an idle thread is to take.
static BELL: Condvar = Condvar::new();

struct Threads {
    /// How many threads there are; if none, the queue is empty.
    count: usize,
    /// How many of them look at the queue next: they wait for the bell, or were made just now.
    idle: usize,
    /// How many have been made, ever.
    made: u64,
    queue: VecDeque<Arc<dyn ThreadTurn>>,
}

/// Lets a thread do this, after what was asked for before.
///
/// # Errors
///
/// If there is no thread, and none can be made.
pub(super) fn take(turn: Arc<dyn ThreadTurn>) -> io::Result<()> {
    let mut threads = lock();
    if let Err(error) = threads.ensure_thread()
        && threads.count == 0
    {
        return Err(error);
    }
    threads.queue.push_back(turn);
    Ok(())
}

/// As `take`, by a thread that has just run a turn, and so can run this one.
pub(super) fn take_another(turn: Arc<dyn ThreadTurn>) {
    lock().queue.push_back(turn);
}

impl Threads {
    /// Wakes or makes a thread that looks at the queue.
    fn ensure_thread(&mut self) -> io::Result<()> {
        if self.idle > 0 {
            BELL.notify_one();
            return Ok(());
        }
        if self.count == MOST_THREADS {
            return Ok(());
        }
        // The lock is held meanwhile: nothing may be queued for a thread that does not come to be.
        let name = format!("offload-{}", self.made + 1);
        thread::Builder::new().name(name).spawn(work)?;
        self.made += 1;
        self.count += 1;
        self.idle += 1;
        Ok(())
    }

    /// Takes the first turn; if there are more, another thread is to look at them.
    fn next(&mut self) -> Option<Arc<dyn ThreadTurn>> {
        let turn = self.queue.pop_front()?;
        self.idle -= 1;
        if !self.queue.is_empty() {
            // If no further thread can be made, this one does the rest.
            _ = self.ensure_thread();
        }
        Some(turn)
    }
}

/// A thread's whole life.
fn work() {
    while let Some(turn) = next() {
        turn.run();
        lock().idle += 1;
    }
}

/// Waits for a turn; if none comes for long, there is one thread less, and it must end.
fn next() -> Option<Arc<dyn ThreadTurn>> {
    let mut threads = lock();
    loop {
        if let Some(turn) = threads.next() {
            return Some(turn);
        }
        let waited = BELL.wait_timeout(threads, IDLE);
        let (still, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        threads = still;
        // What was queued at the last moment is done all the same.
        if waited.timed_out() && threads.queue.is_empty() {
            threads.idle -= 1;
            threads.count -= 1;
            return None;
        }
    }
}

fn lock() -> MutexGuard<'static, Threads> {
    // None of the users' code runs under this lock, so what it guards is whole.
    THREADS.lock().unwrap_or_else(PoisonError::into_inner)
}
