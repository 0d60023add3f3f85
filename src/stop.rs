//! Stopping the whole run.

use std::time::Duration;

use crate::kernel::call;
use crate::syscall::Stop;

/// Stops the run that the caller is part of: all tasks are interrupted, the caller too, and those that are
/// still there when the time of grace is over are killed.
///
/// So each task's next wait fails with [`Interrupted`](crate::Interrupted), outside a
/// [`shield`](crate::shield), and it can clean up. What [`Scheduler::run`](crate::Scheduler::run) reports
/// says that the run was stopped, and how many outlived their grace. New work through a
/// [`Remote`](crate::kernel::Remote) is refused from then on. If it is said again, the earlier end counts.
///
/// [`Remote::stop`](crate::kernel::Remote::stop) does the same from another thread, and
/// [`handle_signals`](crate::kernel::SchedulerBuilder::handle_signals) lets SIGTERM do it.
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use std::time::Duration;
/// use coros::{Scheduler, sleep, stop};
///
/// let mut sched = Scheduler::new();
/// let server = sched.spawn(|| {
///     let interrupted = sleep(Duration::from_secs(3600)).unwrap_err();
///     interrupted.to_string()
/// });
/// sched.spawn(|| stop(Duration::from_secs(1)));
/// let report = sched.run().unwrap();
/// assert!(report.stopped);
/// assert_eq!(report.overdue, 0);
/// assert!(server.join().unwrap().contains("the run is stopping"));
/// ```
#[track_caller]
pub fn stop(grace: Duration) {
    call(Stop(grace));
}
