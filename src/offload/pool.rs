//! How much work runs at once, and who is next.

use std::collections::VecDeque;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, mpsc};

use super::job::{Errand, Work, drop_quietly};
use super::{Offload, OffloadError};
use crate::kernel::call;

/// A limit to how much offloaded work runs at once.
///
/// First come, first served. Work that has begun counts until it ends, also when nobody waits for it
/// any more. With a limit of one, each piece of work is done after the one before it has ended. A clone
/// is another handle to the same pool, and any thread may have it.
///
/// All pools borrow their threads from one set (of the crate `blocking`), which grows as it is needed up
/// to 500 (or what the variable `BLOCKING_MAX_THREADS` says), and keeps them. A process that has used it
/// can no longer [fork](crate::process::fork()).
///
/// ```
/// use coros::{group, offload::Pool, run};
/// use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
///
/// static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
///
/// run(|| {
///     let disk = Pool::new(2);
///     group(|group| {
///         for _ in 0..8 {
///             group.spawn(|| {
///                 let seen = disk.run(|| {
///                     let seen = AT_ONCE.fetch_add(1, SeqCst) + 1;
///                     AT_ONCE.fetch_sub(1, SeqCst);
///                     seen
///                 });
///                 assert!(seen.unwrap() <= 2);
///             });
///         }
///     })
///     .unwrap();
/// })
/// .unwrap();
/// ```
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    name: Mutex<Option<Arc<str>>>,
    limit: usize,
    desk: Mutex<Desk>,
}

#[derive(Default)]
struct Desk {
    /// How many threads work for it.
    busy: usize,
    /// What waits until one of them is free; if there is any, `busy` is at the limit.
    queue: VecDeque<Arc<dyn Work>>,
}

impl Pool {
    /// How much work runs at once that [`offload`](super::offload) does, in the whole process.
    pub const COMMON: usize = 256;

    /// A pool that runs so many pieces of work at once, and at least one.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(Shared {
            name: Mutex::default(),
            limit: limit.max(1),
            desk: Mutex::default(),
        }))
    }

    /// The same pool, which traces and reports call by this name.
    ///
    /// ```
    /// use coros::{Scheduler, offload::Pool};
    ///
    /// let disk = Pool::new(1).named("disk");
    /// let mut sched = Scheduler::new();
    /// let task = sched.spawn(move || disk.run(|| 1).unwrap());
    /// sched.step().unwrap();
    /// let waits_in = sched.tasks().next().unwrap().waits_in;
    /// assert_eq!(waits_in.unwrap(), "Offload(pool 'disk')");
    /// sched.run().unwrap();
    /// assert_eq!(task.join().unwrap(), 1);
    /// ```
    #[must_use]
    pub fn named(self, name: impl Into<Arc<str>>) -> Self {
        *self.lock_name() = Some(name.into());
        self
    }

    pub(super) fn name(&self) -> Option<Arc<str>> {
        self.lock_name().clone()
    }

    fn lock_name(&self) -> MutexGuard<'_, Option<Arc<str>>> {
        self.0.name.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one that everybody uses who has none of his own.
    pub(super) fn common() -> Self {
        static COMMON: LazyLock<Pool> = LazyLock::new(|| Pool::new(Pool::COMMON));
        COMMON.clone()
    }

    /// Runs work in a thread of this pool, and waits for its value; as [`offload`](super::offload).
    ///
    /// # Errors
    ///
    /// As [`offload`](super::offload).
    ///
    /// # Panics
    ///
    /// As [`offload`](super::offload).
    #[track_caller]
    pub fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, OffloadError> {
        call(self.running(work))
    }

    /// The call that [`run`](Self::run) makes.
    pub fn running<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(
        &self,
        work: F,
    ) -> Offload<F, T> {
        Offload::new(self.clone(), work)
    }

    /// Runs work in its turn, and lets this thread wait for it, loop and all: for a task that unwinds.
    pub(crate) fn run_meanwhile<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::channel();
        self.take(Arc::new(Errand::new(work, done)));
        match result.recv().expect("a pool drops no work undone") {
            Ok(value) => value,
            Err(payload) => resume_unwind(payload),
        }
    }

    /// How many pieces of work wait for a thread.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.lock().queue.len()
    }

    /// Begins with a piece of work, or lets it queue.
    pub(super) fn take(&self, work: Arc<dyn Work>) {
        let mut desk = self.lock();
        if desk.busy == self.0.limit {
            desk.queue.push_back(work);
            return;
        }
        desk.busy += 1;
        drop(desk);
        let pool = self.clone();
        blocking::unblock(move || pool.work_off(work)).detach();
    }

    /// Takes a piece of work out of the queue that will not be done.
    pub(super) fn strike(&self, work: &Arc<dyn Work>) {
        let mut desk = self.lock();
        let place = desk.queue.iter().position(|it| Arc::ptr_eq(it, work));
        let struck = place.and_then(|place| desk.queue.remove(place));
        drop(desk);
        drop(struck);
    }

    fn work_off(&self, first: Arc<dyn Work>) {
        let mut next = Some(first);
        while let Some(work) = next {
            work.run();
            drop_quietly(work);
            next = self.next();
        }
    }

    fn next(&self) -> Option<Arc<dyn Work>> {
        let mut desk = self.lock();
        let next = desk.queue.pop_front();
        if next.is_none() {
            desk.busy -= 1;
        }
        next
    }

    /// None of the users' code runs under this lock, so what it guards is whole.
    fn lock(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let desk = self.lock();
        let (busy, queued) = (desk.busy, desk.queue.len());
        write!(
            out,
            "Pool({busy} of {} busy, {queued} queued)",
            self.0.limit
        )
    }
}
