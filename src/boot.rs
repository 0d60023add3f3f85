//! Boot: a scheduler for one program.

use crate::kernel::{RunError, Scheduler};
use crate::task::{Builder, JoinError};

/// Boots a scheduler, runs `main` as task 1, and hands back its value when every task that is no
/// daemon has ended.
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
    let mut scheduler = Scheduler::new();
    let main = scheduler.spawn_with(Builder::new().name("main"), main);
    let main = main.unwrap_or_else(|error| panic!("{error}"));
    scheduler.run()?;
    main.join().map_err(|error| match error {
        JoinError::Panicked(panic) => RunError::Panicked(panic.message().to_owned()),
        _ => RunError::Killed,
    })
}
