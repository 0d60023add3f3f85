//! The standard output, and that for errors.

use std::fmt;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};

use crate::forward::{in_one_piece, nothing_kept, write_by_reference};
use crate::kernel::{Interest, call};
use crate::syscall::WhenReady;

/// How many bytes may go out at once: `PIPE_BUF`, less what `std` may have kept of earlier lines.
const PIECE: usize = 4096 - 1024;

/// The standard output of this process.
///
/// ```
/// use std::io::Write;
/// use coros::{run, stdout};
///
/// run(|| {
///     write!(stdout(), "what now? ").unwrap();
///     stdout().flush().unwrap();
/// })
/// .unwrap();
/// ```
#[must_use]
pub fn stdout() -> Stdout {
    Stdout
}

/// The standard output for errors of this process.
///
/// ```
/// use std::io::Write;
/// use coros::{run, stderr};
///
/// run(|| writeln!(stderr(), "no more ink").unwrap()).unwrap();
/// ```
#[must_use]
pub fn stderr() -> Stderr {
    Stderr
}

/// A handle to the standard output; made by [`stdout()`].
///
/// It has the buffer of `std`'s, so what both print comes in order: a line goes out when it is complete, the
/// rest when it is [flushed](Write::flush), or the program ends. Several tasks may write; a line of up to
/// 3,072 bytes that is written at once, as by one `writeln!`, stays in one piece.
///
/// A write that is interrupted did not happen. Outside a task, writing panics.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Clone, Copy, Debug)]
pub struct Stdout;

/// A handle to the standard output for errors; made by [`stderr()`]. As [`Stdout`], but nothing is kept
/// back.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Clone, Copy, Debug)]
pub struct Stderr;

impl Write for &Stdout {
    #[track_caller]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        call(WhenReady::new(Interest::Write, *self, |_| {
            io::stdout().write(piece)
        }))
    }

    #[track_caller]
    fn flush(&mut self) -> io::Result<()> {
        call(WhenReady::new(Interest::Write, *self, |_| {
            io::stdout().flush()
        }))
    }

    #[track_caller]
    fn write_fmt(&mut self, what: fmt::Arguments<'_>) -> io::Result<()> {
        self.write_all(in_one_piece(what)?.as_bytes())
    }
}

impl Write for &Stderr {
    #[track_caller]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        call(WhenReady::new(Interest::Write, *self, |_| {
            io::stderr().write(piece)
        }))
    }

    nothing_kept!();
}

write_by_reference!(Stdout);
write_by_reference!(Stderr);

impl AsFd for Stdout {
    fn as_fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stdout()
    }
}

impl AsFd for Stderr {
    fn as_fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stderr()
    }
}
