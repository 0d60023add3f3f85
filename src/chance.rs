//! Chance as programs use it. Floor 3, on calls only.

use crate::kernel::call;
use crate::syscall::Random;

/// Draws a number, each as likely as any other, from the stream that the scheduler's seed gives its
/// programs; see [`Random`].
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// let die = coros::run(|| coros::random() % 6 + 1);
/// assert!((1..=6).contains(&die.unwrap()));
/// ```
#[track_caller]
pub fn random() -> u64 {
    call(Random)
}
