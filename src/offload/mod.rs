//! Work that blocks its thread, done beside the loop while only the caller waits. Floor 3.
//!
//! When a wait is broken off, the [`OffloadError`] says why, and so does the `io::Error`
//! that it becomes: see [`Interrupted::of`].
//!
//! ```text
//!   a task's turn            a thread of the pool
//!   Waiting ──────────────▶ Begun ──▶ Ended ──▶ a message wakes the task, which takes the result:
//!      │                      │                 in virtual time when its turn has come
//!      └──▶ Abandoned         └──▶ Abandoned: it runs to its end, and its result is dropped there
//!   (never begun: the work is dropped by the caller; in virtual time it is done all the same)
//! ```
//!
//! ```
//! use coros::{offload, run, spawn, yield_now};
//!
//! let sum = run(|| {
//!     let beside = spawn(|| (0..10).for_each(|_| yield_now()));
//!     let sum = offload(|| (1..=1000).sum::<u32>()).unwrap();
//!     beside.join().unwrap();
//!     sum
//! });
//! assert_eq!(sum.unwrap(), 500_500);
//! ```

mod job;
mod pool;
mod threads;

use std::fmt;
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;

use crate::devices::WorkId;
use crate::kernel::{Answer, Interrupted, Kernel, Remote, SystemCall, Tid, call, outside};
use crate::shown::interruptible;
use job::{Job, Remains};
pub use pool::Pool;

/// Runs work in another thread, and waits for its value; see [`Offload`].
///
/// It is for what has no other way than to block its thread: file systems, name services, long sums.
/// At most [`Pool::COMMON`] pieces of such work run at once in a process, first come, first served; a
/// [`Pool`] has a limit of its own. In virtual time the results come in the order in which the work was asked
/// for: see [there](Offload#in-virtual-time).
///
/// # Errors
///
/// If the wait is interrupted: what has not begun is not done (in virtual time it is), what has begun runs to
/// its end, and its value is dropped. If there is no thread to do the work, and the system makes none
/// ([`OffloadError::NoThread`]), or it has no descriptor for the way back: then the work is not done, and
/// dropped by the caller. While the caller unwinds nothing is begun.
///
/// # Panics
///
/// With the panic of `work`, and outside a task.
///
/// ```
/// use coros::{offload, run};
/// use std::{thread, time::Duration};
///
/// let name = run(|| {
///     offload(|| {
///         thread::sleep(Duration::from_millis(1));
///         thread::current().name().map(str::to_owned)
///     })
/// });
/// assert!(name.unwrap().unwrap().unwrap().starts_with("offload-"));
/// ```
#[track_caller]
pub fn offload<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, OffloadError> {
    call(offloading(work))
}

/// The call that [`offload`] makes: to be yielded, or raced against others.
pub fn offloading<T: Send + 'static, F: FnOnce() -> T + Send + 'static>(work: F) -> Offload<F, T> {
    Pool::common().running(work)
}

/// Runs work in a thread of a [`Pool`], and waits for its value.
///
/// The work is handed over when the call is served for the first time; a call that is dropped before
/// does nothing. If it is broken off before a thread has begun with the work, that is dropped by the
/// caller.
///
/// # In virtual time
///
/// With [`Clock::Virtual`](crate::Clock::Virtual), time stands still while a result is waited for. A result
/// comes when no task is ready and no timer is due, and after all that has come from outside by then; the
/// results come in the order in which the work was asked for, however long each piece takes. So a program
/// takes the same turns in each run. Work that was given up holds no result up, and is done all the same, also
/// if no thread had begun with it: that is chance, and so must not matter.
///
/// ```
/// use coros::{Clock, Scheduler, offload};
/// use std::{cell::RefCell, rc::Rc, thread, time::Duration};
///
/// let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
/// let came = Rc::new(RefCell::new(Vec::new()));
/// for millis in [3, 2, 1] {
///     let came = Rc::clone(&came);
///     sched.spawn(move || {
///         let work = move || thread::sleep(Duration::from_millis(millis));
///         offload(work).unwrap();
///         came.borrow_mut().push(millis);
///     });
/// }
/// sched.run().unwrap();
/// assert_eq!(came.take(), [3, 2, 1]);
/// ```
///
/// - Work may wait for what tasks do that are ready, but not for what they do later in virtual time.
/// - Work that waits for what a task does with the result of work that was asked for later would never
///   end. So the loop waits for it for [`Pool::PATIENCE`], which is real time, logs a warning to
///   `coros::offload`, and gives the later result first. Work that is as slow as that is treated alike, for
///   no scheduler can tell the two apart: after such a warning another run may take other turns.
/// - Where tasks never rest, as one that yields until a result is there, the loop waits for the next result
///   after some 250,000 turns, for as long at most. The number is the same in each run.
/// - What work does beside its value, to files say, it does at its own speed: other work and tasks see it
///   sooner or later. [`Pool::queued`] depends on that, too, and who drops the value of work that was given
///   up.
pub struct Offload<F, T> {
    pool: Pool,
    progress: Progress<F, T>,
}

enum Progress<F, T> {
    New(F),
    /// As `New`, in a task that unwinds: it never waits, so it shall not begin either.
    Hopeless(F),
    Sent(Arc<Job<F, T>>, WorkId),
    /// It is over; what is left is dropped by the caller, in its own time.
    Over(Option<Remains<F, T>>),
}

impl<T: Send + 'static, F: FnOnce() -> T + Send + 'static> Offload<F, T> {
    fn new(pool: Pool, work: F) -> Self {
        let progress = match std::thread::panicking() {
            true => Progress::Hopeless(work),
            false => Progress::New(work),
        };
        Self { pool, progress }
    }

    fn begin(&mut self, kernel: &mut Kernel, caller: Tid) -> Result<(), OffloadError> {
        if !matches!(self.progress, Progress::New(_)) {
            return Ok(());
        }
        let remote = Remote::of(kernel).map_err(OffloadError::Unavailable)?;
        let id = outside::begin_work(kernel, caller);
        let id = id.map_err(OffloadError::Unavailable)?;
        let Progress::New(work) = std::mem::replace(&mut self.progress, Progress::Over(None))
        else {
            unreachable!("it was looked at just now");
        };
        let job = Arc::new(Job::new(work, remote, id));
        self.progress = Progress::Sent(Arc::clone(&job), id);
        self.pool.take(Arc::clone(&job) as _).map_err(|error| {
            outside::forget_work(kernel, id);
            self.progress = Progress::Over(job.abandon());
            OffloadError::NoThread(error)
        })
    }
}

impl<T: Send + 'static, F: FnOnce() -> T + Send + 'static> SystemCall for Offload<F, T> {
    type Reply = Result<T, OffloadError>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if let Err(error) = self.begin(kernel, caller) {
            return Answer::Done(Err(error));
        }
        let Progress::Sent(job, id) = &self.progress else {
            return Answer::Wait;
        };
        if !outside::is_given(kernel, *id) {
            return Answer::Wait;
        }
        outside::forget_work(kernel, *id);
        let result = job.take_result().expect("its end was told");
        self.progress = Progress::Over(None);
        match result {
            Ok(value) => Answer::Done(Ok(value)),
            Err(payload) => resume_unwind(payload),
        }
    }

    fn abandon(&mut self, kernel: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        if let Progress::Sent(job, id) = &self.progress {
            let job = Arc::clone(job);
            outside::forget_work(kernel, *id);
            let remains = match outside::has_virtual_time(kernel) {
                true => job.disown(),
                false => job.abandon(),
            };
            if let Some(Remains::Work(_)) = remains {
                self.pool.strike(&(job as _));
            }
            self.progress = Progress::Over(remains);
        }
        Err(why.into())
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pool.name() {
            Some(name) => write!(out, "Offload(pool '{name}')"),
            None => out.write_str("Offload"),
        }
    }
}

/// Why work beside the loop has no value to show. As an [`io::Error`] it keeps the interruption: see
/// [`Interrupted::of`].
#[derive(Debug)]
#[non_exhaustive]
pub enum OffloadError {
    /// The wait was broken off. Work that had not begun was not done, but for
    /// [virtual time](Offload#in-virtual-time); work that had begun goes on, and its value is dropped.
    Interrupted(Interrupted),
    /// The work was not begun: the system has no descriptors left for the way back.
    Unavailable(io::Error),
    /// The work was not begun: there is no thread to do it, and the system made none, for the reason
    /// inside. As long as one is there, work waits for it instead.
    ///
    /// As an [`io::Error`] its kind is [`QuotaExceeded`](io::ErrorKind::QuotaExceeded) where the system
    /// said `EAGAIN`, which elsewhere means that one should try again at once; else it is the same.
    NoThread(io::Error),
}

interruptible! {
    OffloadError {
        Self::Unavailable(error) =>
            format_args!("no way back from another thread to the loop: {error}"),
        Self::NoThread(error) => format_args!(
            "no thread to do work beside the loop, and the system makes none: {error}; a limit on \
             processes (`ulimit -u`, `pids.max` of a container) or on memory must be raised"
        ),
    }
    source { Self::Unavailable(error) | Self::NoThread(error) => error }
}

impl From<OffloadError> for io::Error {
    fn from(error: OffloadError) -> Self {
        match error {
            OffloadError::Interrupted(why) => why.into(),
            OffloadError::Unavailable(error) => error,
            OffloadError::NoThread(ref reason) => {
                let kind = match reason.kind() {
                    io::ErrorKind::WouldBlock => io::ErrorKind::QuotaExceeded,
                    kind => kind,
                };
                io::Error::new(kind, error)
            }
        }
    }
}
