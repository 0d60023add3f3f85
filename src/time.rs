//! Time as programs use it. Floor 3, on calls only.

use std::time::Duration;

use crate::kernel::{Interrupted, call};
use crate::syscall::Sleep;

pub use crate::devices::Clock;

/// Waits until the duration has passed; see [`Sleep`].
///
/// # Errors
///
/// If the wait was broken off before its time.
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use std::time::Duration;
/// coros::run(|| coros::sleep(Duration::from_millis(1)).unwrap()).unwrap();
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Result<(), Interrupted> {
    call(Sleep(duration))
}
