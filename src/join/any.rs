//! Waiting for several tasks: for the first to end, the first to fail, or all.

use std::fmt;
use std::time::Duration;

use super::JoinHandle;
use crate::group::GroupHandle;
use crate::kernel::{Answer, Exit, Interrupted, Kernel, SystemCall, Tid, call, ledger};

/// Something that ends, and can be waited for together with others: a handle to a task.
pub trait Waitable {
    /// Whose end it is.
    fn tid(&self) -> Tid;
    /// How it ended, if it has.
    fn exit(&self) -> Option<Exit>;
    /// Which end it was: what ended earlier has a smaller number.
    #[doc(hidden)]
    fn serial(&self) -> u64;
}

impl<T> Waitable for JoinHandle<T> {
    fn tid(&self) -> Tid {
        self.tid
    }

    fn exit(&self) -> Option<Exit> {
        self.outcome.exit.get().cloned()
    }

    fn serial(&self) -> u64 {
        self.outcome.serial.get()
    }
}

impl<T> Waitable for GroupHandle<'_, T> {
    fn tid(&self) -> Tid {
        Waitable::tid(self.handle())
    }

    fn exit(&self) -> Option<Exit> {
        self.handle().exit()
    }

    fn serial(&self) -> u64 {
        self.handle().serial()
    }
}

impl<W: Waitable + ?Sized> Waitable for &W {
    fn tid(&self) -> Tid {
        (**self).tid()
    }

    fn exit(&self) -> Option<Exit> {
        (**self).exit()
    }

    fn serial(&self) -> u64 {
        (**self).serial()
    }
}

/// Which of several tasks have ended, by their places in the list that was given.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Waited {
    /// Those that have ended, first those that had before the wait, then in the order of their ends.
    pub done: Vec<usize>,
    /// Those that go on: the time was over, or enough have ended.
    pub pending: Vec<usize>,
}

/// Waits until the first of several tasks has ended, or the time is over.
///
/// The tasks are left alone, and their values with their handles. Without tasks it returns at once.
///
/// # Errors
///
/// If the wait was broken off by an interruption. That the time is over is none.
///
/// # Panics
///
/// Outside a task, unless nothing has to be waited for.
///
/// ```
/// use std::time::Duration;
/// use coros::{run, sleep, spawn, wait_any};
///
/// run(|| {
///     let tasks = [9_000, 1].map(|ms| spawn(move || sleep(Duration::from_millis(ms))));
///     let waited = wait_any(&tasks, Duration::from_secs(5)).unwrap();
///     assert_eq!((waited.done, waited.pending), (vec![1], vec![0]));
///     tasks[0].kill().unwrap();
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn wait_any<W: Waitable>(
    tasks: &[W],
    timeout: impl Into<Option<Duration>>,
) -> Result<Waited, Interrupted> {
    wait(tasks, timeout.into(), |ends| !ends.is_empty())
}

/// Waits until one of several tasks has failed (panicked, or was killed), or all have ended, or the
/// time is over; otherwise as [`wait_any`].
///
/// # Errors
///
/// As [`wait_any`].
///
/// # Panics
///
/// As [`wait_any`].
#[track_caller]
pub fn wait_first_failed<W: Waitable>(
    tasks: &[W],
    timeout: impl Into<Option<Duration>>,
) -> Result<Waited, Interrupted> {
    let failed = |ends: &[Exit]| ends.iter().any(|exit| *exit != Exit::Returned);
    wait(tasks, timeout.into(), failed)
}

/// Waits until all of several tasks have ended, or the time is over; otherwise as [`wait_any`].
///
/// # Errors
///
/// As [`wait_any`].
///
/// # Panics
///
/// As [`wait_any`].
///
/// ```
/// use coros::{run, spawn, wait_all};
///
/// run(|| {
///     let tasks = [1, 2, 3].map(|n| spawn(move || n * n));
///     let waited = wait_all(&tasks, None).unwrap();
///     assert!(waited.pending.is_empty());
///     let sum: i32 = tasks.iter().map(|task| task.join().unwrap()).sum();
///     assert_eq!(sum, 14);
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn wait_all<W: Waitable>(
    tasks: &[W],
    timeout: impl Into<Option<Duration>>,
) -> Result<Waited, Interrupted> {
    wait(tasks, timeout.into(), |_| false)
}

#[track_caller]
fn wait<W: Waitable>(
    tasks: &[W],
    timeout: Option<Duration>,
    enough: fn(&[Exit]) -> bool,
) -> Result<Waited, Interrupted> {
    let mut wait = WaitTasks {
        tasks,
        timeout,
        enough,
        done: Vec::new(),
        pending: (0..tasks.len()).collect(),
        ends: Vec::new(),
    };
    if wait.is_over() {
        return Ok(wait.waited());
    }
    call(wait)
}

/// Waits until enough of several tasks have ended.
struct WaitTasks<'t, W> {
    tasks: &'t [W],
    timeout: Option<Duration>,
    enough: fn(&[Exit]) -> bool,
    done: Vec<usize>,
    pending: Vec<usize>,
    ends: Vec<Exit>,
}

impl<W: Waitable> WaitTasks<'_, W> {
    /// Notes who has ended since the last time; says whether that is enough.
    fn is_over(&mut self) -> bool {
        let tasks = self.tasks;
        let ended = |at: &usize| tasks[*at].exit().is_some();
        let mut new: Vec<usize> = self.pending.extract_if(.., |at| ended(at)).collect();
        new.sort_by_key(|&at| tasks[at].serial());
        new.iter()
            .for_each(|&at| ledger::note_join(tasks[at].tid()));
        self.ends
            .extend(new.iter().filter_map(|&at| tasks[at].exit()));
        self.done.extend(new);
        self.pending.is_empty() || (self.enough)(&self.ends)
    }

    fn waited(&mut self) -> Waited {
        Waited {
            done: std::mem::take(&mut self.done),
            pending: std::mem::take(&mut self.pending),
        }
    }
}

impl<W: Waitable> SystemCall for WaitTasks<'_, W> {
    type Reply = Result<Waited, Interrupted>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        if self.is_over() || kernel.is_due(caller) {
            return Answer::Done(Ok(self.waited()));
        }
        if let Some(timeout) = self.timeout.take() {
            kernel.wake_after(caller, timeout);
        }
        for &at in &self.pending {
            // Its own branch each, so that the caller waits for all of them at once. One of another
            // scheduler cannot be waited for here, and stays pending.
            let _ = kernel
                .branch(at as u32)
                .park_on_exit(caller, self.tasks[at].tid());
        }
        Answer::Wait
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tids: Vec<_> = self
            .tasks
            .iter()
            .map(|task| task.tid().to_string())
            .collect();
        write!(out, "WaitTasks({})", tids.join(", "))
    }
}
