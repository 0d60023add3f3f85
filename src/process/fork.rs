//! Fork: a child process with a copy of all that there is.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```text
//!   parent ──┬── fork(f) ── Forked ───── wait() ──▶ how it ended
//!            │ copies: memory, descriptors (of the same open files), this thread alone
//!   child    └── f() ── exit code
//! ```
//!
//! What either changes in its memory the other does not see; [`SharedMemory`](super::SharedMemory) is
//! the exception. Both have the same open files: a pipe ends for its reader only when *both* have closed
//! the end that writes.
//!
//! Safe only in a process with a single thread, and refused in any other. Where that comes too late,
//! [spawn](super::spawn) starts afresh, and a [`ForkServer`](super::ForkServer) that was started before
//! the first thread forks for its owner.
//!
//! ```
//! # if std::fs::read_dir("/proc/self/task").map_or(2, Iterator::count) > 1 { return Ok(()) }
//! use coros::process::fork;
//!
//! let mut number = 1;
//! let child = fork(|| {
//!     number += 1;
//!     number // Two, in the child's copy.
//! })?;
//! assert_eq!(child.wait()?.code(), Some(2));
//! assert_eq!(number, 1);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::thread;

use super::offspring::Offspring;
use crate::devices::Lineage;
use crate::kernel::{spend, spend_on_reading};
use crate::machine::{self, Fork};

/// The exit code of a child that panicked: as of a Rust program.
pub const PANICKED: i32 = 101;

/// Doubles the process: the child runs `f` and ends with the exit code that it returns.
///
/// The child has this thread alone, and is in no task, even if it was forked in one: the tasks and their
/// scheduler stayed with the parent. A system call there panics, and the parent's scheduler refuses to
/// run; a fresh [`coros::run`](crate::run) works, and so does all of `process`. In a task, `f` has what
/// is left of the task's stack.
///
/// The child ends when `f` does: nothing of the parent's is dropped in it, and the parent's exit hooks do
/// not run. What `print!` has buffered is written before the fork, and in the child at its end, so it is
/// written once. If `f` panics, the panic's message is printed as ever, and the exit code is
/// [`PANICKED`]. (The idea is Unix's own, of 1970; the caution that of Python's `multiprocessing`, which
/// gave up forking by default since so many programs have threads.)
///
/// What another task of this thread holds at that moment, a lock of `std` say, it holds for ever in the
/// child's copy.
///
/// # Errors
///
/// If the process has a second thread, or `/proc/self/task` cannot tell; if this thread is unwinding from
/// a panic; if the system has no room for a process. Threads that do [offloaded](crate::offload()) work
/// count: they end when they have been idle for [`Pool::IDLE`](crate::offload::Pool::IDLE).
pub fn fork(f: impl FnOnce() -> i32) -> io::Result<Forked> {
    if thread::panicking() {
        return Err(io::Error::other(
            "fork refused: this thread is unwinding from a panic",
        ));
    }
    spend();
    // What cannot be written now may be written later; nothing more can be done about it here.
    _ = io::stdout().flush();
    match machine::fork()? {
        Fork::Child => live(f),
        Fork::Parent(pid) => Ok(Forked(Offspring::adopt(pid)?)),
    }
}

/// The child's whole life.
fn live(f: impl FnOnce() -> i32) -> ! {
    Lineage::begin();
    // The frames below are the parent's: no panic may reach them.
    let code = catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|payload| {
        // To drop it is the user's code, and may panic again.
        std::mem::forget(payload);
        PANICKED
    });
    _ = io::stdout().flush();
    machine::exit_at_once(code)
}

/// A child made by [`fork()`].
///
/// If it is dropped before the child has ended, the child is killed, and the thread waits for the
/// moment that its end takes: it leaves no zombie.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
#[derive(Debug)]
#[must_use = "a child is killed when its handle is dropped"]
pub struct Forked(Offspring);

impl Forked {
    /// The system's number for the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Waits until the child has ended, and says how; later calls say the same at once.
    ///
    /// Inside a task only the task waits. If the wait is broken off, the child goes on, and can be waited
    /// for again.
    ///
    /// # Errors
    ///
    /// An [interruption](crate::Interrupted::of); if another task waits for it already; if this process was
    /// forked since, so that the child is not its own.
    pub fn wait(&self) -> io::Result<ExitStatus> {
        self.0.wait()
    }

    /// How the child has ended, if it has. It never waits.
    ///
    /// # Errors
    ///
    /// As [`wait`](Self::wait).
    #[track_caller]
    pub fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        spend_on_reading();
        self.0.try_wait()
    }

    /// Ends the child at once, if it has not ended (SIGKILL).
    ///
    /// # Errors
    ///
    /// If the system refuses, since the child has taken on another user's rights.
    #[track_caller]
    pub fn kill(&self) -> io::Result<()> {
        spend();
        self.0.kill()
    }

    pub(super) fn into_offspring(self) -> Offspring {
        self.0
    }
}
