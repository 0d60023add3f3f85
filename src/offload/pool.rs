//! How much work runs at once, and who is next.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::resume_unwind;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use super::job::{ThreadJob, Work, drop_without_panic};
use super::threads::{self, ThreadTurn};
use super::{Offload, OffloadError};
use crate::devices::PATIENCE;
use crate::kernel::{call, spend_on_reading};

/// A limit to how much offloaded work runs at once.
///
/// First come, first served. Work that has begun counts until it ends, also when no task waits for it
/// any more. With a limit of one, each piece of work is done after the one before it has ended. A clone
/// is another handle to the same pool, and any thread may have it.
///
/// All pools share one set of threads, which are made when they are needed, up to
/// [`THREADS`](Self::THREADS), and end when they have been idle for [`IDLE`](Self::IDLE). While one is
/// there the process has several threads, and cannot [fork](crate::process::fork()); once all have ended,
/// it can again.
///
/// If the system makes no further thread, as where processes are limited (`ulimit -u`, `pids.max`), work
/// waits for one of those that are there; if none is, it is refused with [`OffloadError::NoThread`]. No
/// such wait holds up the loop, and it is broken off like any other.
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
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Clone)]
pub struct Pool(Arc<PoolShared>);

struct PoolShared {
    name: Mutex<Option<Arc<str>>>,
    limit: usize,
    state: Mutex<PoolState>,
}

/// Work is queued here, and it is *turns* that are queued for threads: whichever thread comes does what
/// is then the first. So work that is given up leaves the queue, and nothing of it stays anywhere.
#[derive(Default)]
struct PoolState {
    /// How much work is being done.
    busy: usize,
    /// How many threads were asked for that have not come yet; with those that are busy, the limit at most.
    asked: usize,
    /// What has not begun. If there is any, a thread was asked for, or `busy` is at the limit.
    queue: VecDeque<Arc<dyn Work>>,
}

impl Pool {
    /// How much work runs at once that [`offload`](super::offload) does, in the whole process.
    pub const COMMON: usize = 256;

    /// How many threads do the work of all pools of a process, at most.
    pub const THREADS: usize = threads::MOST_THREADS;

    /// How long a thread stays that has nothing to do.
    pub const IDLE: Duration = threads::IDLE;

    /// How long, in real time, a result is kept back in virtual time since an earlier one is not there: see
    /// [`Offload`](Offload#in-virtual-time).
    pub const PATIENCE: Duration = PATIENCE;

    /// A pool that runs so many pieces of work at once, and at least one.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(PoolShared {
            name: Mutex::default(),
            limit: limit.max(1),
            state: Mutex::default(),
        }))
    }

    /// The same pool, which traces and reports call by this name.
    ///
    /// ```
    /// use coros::{Scheduler, offload::Pool};
    /// use std::sync::mpsc::channel;
    ///
    /// let disk = Pool::new(1).named("disk");
    /// let (go, wait) = channel();
    /// let mut sched = Scheduler::new();
    /// let task = sched.spawn(move || disk.run(move || wait.recv().unwrap()).unwrap());
    /// sched.step().unwrap();
    /// let waits_in = sched.tasks().next().unwrap().waits_in;
    /// assert_eq!(waits_in.unwrap(), "Offload(pool 'disk')");
    /// go.send(1).unwrap();
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

    /// The one that is used where no other is named.
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
    ///
    /// Unless a thread is at work for this pool, it is this thread that does it, and what was asked for
    /// before: so it needs none that could be refused.
    pub(crate) fn run_meanwhile<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::channel();
        let mut state = self.0.lock();
        state.queue.push_back(Arc::new(ThreadJob::new(work, done)));
        while state.busy < self.0.limit
            && let Some(work) = state.begin()
        {
            drop(state);
            work.run();
            drop_without_panic(work);
            state = self.0.lock();
            state.busy -= 1;
        }
        drop(state);
        match result.recv().expect("a pool drops no work undone") {
            Ok(value) => value,
            Err(payload) => resume_unwind(payload),
        }
    }

    /// How many pieces of work wait for a thread.
    #[must_use]
    #[track_caller]
    pub fn queued(&self) -> usize {
        spend_on_reading();
        self.0.lock().queue.len()
    }

    /// Lets a thread do a piece of work, when it is its turn.
    ///
    /// # Errors
    ///
    /// If there is no thread, and none can be made. Then it is not done.
    pub(super) fn take(&self, work: Arc<dyn Work>) -> io::Result<()> {
        let mut state = self.0.lock();
        state.queue.push_back(work);
        if !state.needs_thread(self.0.limit) {
            return Ok(());
        }
        // The lock is held meanwhile: should it fail, the last in the queue still is this piece.
        let taken = threads::take(Arc::clone(&self.0) as _);
        let refused = match taken {
            Ok(()) => {
                state.asked += 1;
                None
            }
            Err(_) => state.queue.pop_back(),
        };
        drop(state);
        drop(refused);
        taken
    }

    /// Takes a piece of work out of the queue that will not be done.
    pub(super) fn strike(&self, work: &Arc<dyn Work>) {
        let mut state = self.0.lock();
        let place = state.queue.iter().position(|it| Arc::ptr_eq(it, work));
        let struck = place.and_then(|place| state.queue.remove(place));
        drop(state);
        drop(struck);
    }
}

impl PoolState {
    /// Whether more threads could do something for it than were asked for.
    fn needs_thread(&self, limit: usize) -> bool {
        self.asked < self.queue.len() && self.busy + self.asked < limit
    }

    /// Takes the first piece of work, to do it.
    fn begin(&mut self) -> Option<Arc<dyn Work>> {
        let work = self.queue.pop_front()?;
        self.busy += 1;
        Some(work)
    }
}

impl ThreadTurn for PoolShared {
    /// Does one piece of work; for the next, a thread is asked for anew: other pools have their turns.
    fn run(self: Arc<Self>) {
        let mut state = self.lock();
        state.asked -= 1;
        let work = match state.busy < self.limit {
            true => state.begin(),
            false => None,
        };
        drop(state);
        let Some(work) = work else { return };
        work.run();
        drop_without_panic(work);
        let mut state = self.lock();
        state.busy -= 1;
        if state.needs_thread(self.limit) {
            state.asked += 1;
            drop(state);
            threads::take_another(self);
        }
    }
}

impl PoolShared {
    /// None of the users' code runs under this lock, so what it guards is whole.
    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.lock();
        let (busy, queued) = (state.busy, state.queue.len());
        write!(
            out,
            "Pool({busy} of {} busy, {queued} queued)",
            self.0.limit
        )
    }
}
