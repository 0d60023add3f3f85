//! Boot: a scheduler for one program.

use std::time::Duration;

use crate::kernel::{RunError, Scheduler};
use crate::task::{Builder, JoinError};

/// How long tasks have to end when the system asks the process to.
const GRACE: Duration = Duration::from_secs(5);

/// Boots a scheduler, runs `main` as task 1, and hands back its value when every task that is no
/// daemon has ended.
///
/// On the program's main thread it [sees to signals](crate::kernel::SchedulerBuilder::handle_signals):
/// Ctrl-C interrupts the tasks, and a second one ends them; SIGTERM and SIGHUP interrupt all tasks, and
/// those still there after 5 seconds are killed, and the process ends where even that takes too long,
/// since a task blocks the thread. A task that [asks](crate::signal::ask) for a signal sees to it instead.
///
/// A panic is printed by the process's panic hook, as any other; for one that names the task, see
/// [`install_panic_hook`](crate::install_panic_hook).
///
/// # Errors
///
/// If `main` panicked or was killed, or nothing could go on; see [`RunError`].
///
/// # Panics
///
/// If there is no memory for a stack.
///
/// ```
/// let value = coros::run(|| {
///     coros::yield_now();
///     "done"
/// });
/// assert_eq!(value.unwrap(), "done");
/// ```
pub fn run<T: 'static>(main: impl FnOnce() -> T + 'static) -> Result<T, RunError> {
    let mut scheduler = match std::thread::current().name() {
        // On another thread, other code may handle signals.
        Some("main") => Scheduler::builder().handle_signals(GRACE).build(),
        _ => Scheduler::new(),
    };
    let main = scheduler.spawn_with(Builder::new().name("main"), main);
    let main = main.unwrap_or_else(|error| panic!("{error}"));
    scheduler.run()?;
    main.join().map_err(|error| match error {
        JoinError::Panicked(panic) => RunError::Panicked(panic.message().to_owned()),
        _ => RunError::Killed,
    })
}
