//! A toy operating system for real work: stackful coroutines that yield system calls to one loop.
#![doc = "\n"]
mod boot;
mod devices;
mod join;
pub mod kernel;
mod machine;
pub mod syscall;
pub mod task;
pub mod time;

pub use boot::run;
pub use kernel::{
    Answer, Interrupted, Kernel, Report, RunError, Scheduler, Stuck, SystemCall, WaitList, call,
};
pub use task::{Builder, Exit, JoinError, JoinHandle, NoSuchTask, Task, Tid, spawn};
pub use time::{Clock, sleep};

/// Yields without asking for anything: every ready task has its turn before the caller goes on.
///
/// # Panics
///
/// Outside a task.
#[inline(always)]
#[track_caller]
pub fn yield_now() {
    call(syscall::Yield);
}
