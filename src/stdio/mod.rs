//! The standard streams, which block only the task that uses them. Floor 3.
//!
//! The process that started this one may use the same streams, so their mode is not changed: a terminal that
//! is left in non-blocking mode spoils the shell. Instead a task [waits](crate::syscall::WhenReady) until
//! a stream is ready, reads once, or writes at most 4,096 bytes (`PIPE_BUF`), and does not block then.
//! What remains: if another process takes the bytes, or the room, in that very moment, or a terminal was
//! stopped and has little room left, the loop waits with the task. A stream that is a file or `/dev/null`
//! is always ready; it is read and written in place.
//!
//! A stream that is closed reads as at its end, and takes whatever is written, as `std`'s.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```
//! use std::io::Write;
//! use coros::{run, stdout};
//!
//! run(|| writeln!(stdout(), "printed by a task")).unwrap().unwrap();
//! ```

mod buffer;
mod input;
mod output;

pub use input::{Lines, Stdin, stdin};
pub use output::{Stderr, Stdout, stderr, stdout};
