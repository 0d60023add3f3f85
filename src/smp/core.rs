//! A core: one thread, one scheduler, one `main` of several.
//!
//! ```text
//!   scheduler made ──▶ main runs ──▶ main ended, others not ──▶ all mains ended ──▶ gone
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::awaited::{Awaited, wait_for};
use super::sleeper::Sleeper;
use super::sleeper_queue::SleeperQueue;
use crate::join::{JoinError, JoinHandle};
use crate::kernel::{Interrupted, Remote, RunError, Scheduler};
use crate::shown::{described, shown};
use crate::task::Builder;

/// One of several cores, as its `main` sees it. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    id: usize,
    shared: Arc<CoreShared>,
}

/// What all cores of a run share.
pub(super) struct CoreShared {
    remotes: Vec<Remote>,
    mains: Mutex<Mains>,
}

/// How many have not ended, and the tasks that wait until all have, one on each core.
struct Mains {
    left: usize,
    waiting: SleeperQueue,
}

impl Core {
    pub(super) fn new(id: usize, shared: &Arc<CoreShared>) -> Self {
        let shared = Arc::clone(shared);
        Self { id, shared }
    }

    /// Which one it is; they are counted from 0.
    #[must_use]
    pub fn id(&self) -> usize {
        self.id
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shared.remotes.len()
    }

    /// The way to the scheduler of a core; its own is among them.
    ///
    /// # Panics
    ///
    /// If there is no core of that number.
    ///
    /// ```
    /// use coros::smp;
    ///
    /// let places = smp::run(2, |core| {
    ///     let next = (core.id() + 1) % core.count();
    ///     let task = core.remote(next).spawn(|| std::thread::current().name().unwrap().to_owned());
    ///     task.unwrap().join().unwrap()
    /// });
    /// assert_eq!(places.unwrap(), ["core 1", "core 0"]);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn remote(&self, id: usize) -> &Remote {
        match self.shared.remotes.get(id) {
            Some(remote) => remote,
            None => panic!("there is no core {id}: there are {}", self.count()),
        }
    }

    /// Runs a `main`, and a task that waits until all have ended.
    pub(super) fn live<T: 'static>(
        self,
        mut scheduler: Scheduler,
        main: impl FnOnce(Core) -> T + 'static,
    ) -> Result<T, RunError> {
        let leaving = Leaving(Arc::clone(&self.shared));
        let shared = Arc::clone(&self.shared);
        let made = scheduler.spawn_with(Builder::new().name("main"), move || {
            let _leaving = leaving;
            main(self)
        });
        // Interrupted, it lets this core end before the others.
        let wait = move || _ = wait_for(AllEnded(&shared, None));
        let builder = Builder::new().name("until all end").stack_size(16 << 10);
        let waits = scheduler.spawn_with(builder, wait);
        let (main, _waits) = match made.and_then(|main| Ok((main, waits?))) {
            Ok(made) => made,
            Err(error) => return Err(RunError::Panicked(error.to_string())),
        };
        scheduler.run()?;
        value_of(&main)
    }
}

fn value_of<T>(main: &JoinHandle<T>) -> Result<T, RunError> {
    main.join().map_err(|error| match error {
        JoinError::Panicked(panic) => RunError::Panicked(panic.message().to_owned()),
        _ => RunError::Killed,
    })
}

shown!(impl Debug for Core: self => "Core({} of {})", self.id, self.count());

impl CoreShared {
    /// What as many cores share as there are ways to them.
    pub(super) fn of(remotes: Vec<Remote>) -> Self {
        let left = remotes.len();
        let waiting = SleeperQueue::default();
        Self {
            remotes,
            mains: Mutex::new(Mains { left, waiting }),
        }
    }

    /// A panic under this lock leaves what it guards whole.
    fn lock(&self) -> MutexGuard<'_, Mains> {
        self.mains.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells, however it ends, that a `main` has ended.
struct Leaving(Arc<CoreShared>);

impl Drop for Leaving {
    fn drop(&mut self) {
        let sleepers = {
            let mut mains = self.0.lock();
            mains.left -= 1;
            match mains.left {
                0 => mains.waiting.call_all(),
                _ => Vec::new(),
            }
        };
        sleepers.into_iter().for_each(Sleeper::wake);
    }
}

/// Waits, under a number, until every `main` has ended.
struct AllEnded<'s>(&'s CoreShared, Option<u64>);

impl Awaited for AllEnded<'_> {
    type Reply = Result<(), Interrupted>;

    described!(self => "AllEnded(the mains of all cores)");

    fn seems_so(&self) -> bool {
        // It is not worth while to stay awake for.
        true
    }

    fn look(&mut self, sleeper: impl FnOnce() -> Sleeper) -> Option<Self::Reply> {
        let mut mains = self.0.lock();
        if mains.left > 0 {
            self.1 = Some(mains.waiting.wait(self.1, sleeper));
            return None;
        }
        mains.waiting.leave_as(self.1);
        Some(Ok(()))
    }

    fn give_up(&mut self, why: Interrupted) -> Self::Reply {
        let sleeper = self.0.lock().waiting.leave_as(self.1);
        drop(sleeper);
        Err(why)
    }
}
