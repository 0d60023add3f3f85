//! Work as programs do it. Floor 3, on calls only.

use std::time::Duration;

use crate::kernel::{Interrupted, call};
use crate::syscall::Compute;

/// Needs the CPU for so long; see [`Compute`].
///
/// # Errors
///
/// If it was broken off before it was done.
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use std::time::Duration;
/// coros::run(|| coros::compute(Duration::from_micros(10)).unwrap()).unwrap();
/// ```
#[track_caller]
pub fn compute(duration: Duration) -> Result<(), Interrupted> {
    call(Compute(duration))
}
