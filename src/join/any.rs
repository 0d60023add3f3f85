//! Waiting for several tasks: for the first to end, the first to fail, or all.

use std::fmt;
use std::time::Duration;

use super::several::Waitables;
use crate::kernel::{Answer, Exit, Interrupted, Kernel, SystemCall, Tid, call, notes, spend};

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
/// The handles are of one type, in a slice or an array, or of different types, in a tuple as
/// `(&number, &word)`: see [`Waitables`]. The tasks are left alone, and their values with their handles.
/// Without tasks it returns at once.
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
pub fn wait_any(
    tasks: impl Waitables,
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
pub fn wait_first_failed(
    tasks: impl Waitables,
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
pub fn wait_all(
    tasks: impl Waitables,
    timeout: impl Into<Option<Duration>>,
) -> Result<Waited, Interrupted> {
    wait(tasks, timeout.into(), |_| false)
}

#[track_caller]
fn wait(
    tasks: impl Waitables,
    timeout: Option<Duration>,
    enough: fn(&[Exit]) -> bool,
) -> Result<Waited, Interrupted> {
    let pending = (0..tasks.count()).collect();
    let mut wait = WaitTasks {
        tasks,
        timeout,
        enough,
        done: Vec::new(),
        pending,
        ends: Vec::new(),
    };
    if wait.is_over() {
        spend();
        return Ok(wait.waited());
    }
    call(wait)
}

/// Waits until enough of several tasks have ended.
struct WaitTasks<W> {
    tasks: W,
    timeout: Option<Duration>,
    enough: fn(&[Exit]) -> bool,
    done: Vec<usize>,
    pending: Vec<usize>,
    ends: Vec<Exit>,
}

impl<W: Waitables> WaitTasks<W> {
    /// Notes who has ended since the last time; says whether that is enough.
    fn is_over(&mut self) -> bool {
        let tasks = &self.tasks;
        let ended = |at: &usize| tasks.at(*at).exit_paid_for().is_some();
        let mut new: Vec<usize> = self.pending.extract_if(.., |at| ended(at)).collect();
        new.sort_by_key(|&at| tasks.at(at).serial());
        new.iter()
            .for_each(|&at| notes::note_join(tasks.at(at).tid()));
        self.ends
            .extend(new.iter().filter_map(|&at| tasks.at(at).exit_paid_for()));
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

impl<W: Waitables> SystemCall for WaitTasks<W> {
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
                .park_on_exit(caller, self.tasks.at(at).tid());
        }
        Answer::Wait
    }

    fn abandon(&mut self, _: &mut Kernel, _: Tid, why: Interrupted) -> Self::Reply {
        Err(why)
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tids = (0..self.tasks.count()).map(|at| self.tasks.at(at).tid().to_string());
        let tids: Vec<_> = tids.collect();
        write!(out, "WaitTasks({})", tids.join(", "))
    }
}
