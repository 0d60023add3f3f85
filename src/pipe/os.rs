//! The system's pipes, whose ends let tasks wait.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::Stdio;

use rustix::fs::{FileType, OFlags, fcntl_getfl, fcntl_setfl, fstat};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::forward::{nothing_kept, read_by_reference, write_by_reference};
use crate::kernel::{Interest, Source, SystemCall, call};
use crate::syscall::Io;

/// Makes a pipe of the system's.
///
/// Child processes do not get its ends unless they are handed to them, as
/// [standard streams](Stdio) say.
///
/// # Errors
///
/// If there are no descriptors left, or no memory for pipes.
///
/// ```
/// use std::io::{Read, Write};
/// use coros::{pipe, run, spawn};
///
/// let text = run(|| {
///     let (mut reader, mut writer) = pipe::os().unwrap();
///     spawn(move || writer.write_all(&[b'.'; 100_000]));
///     let mut text = String::new();
///     reader.read_to_string(&mut text).unwrap();
///     text
/// });
/// assert_eq!(text.unwrap().len(), 100_000);
/// ```
pub fn os() -> io::Result<(PipeReader, PipeWriter)> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    Ok((PipeReader::new(reader), PipeWriter::new(writer)))
}

/// The end of a system's pipe that is read from; made by [`os`].
///
/// One task at a time may wait; a second gets [`ResourceBusy`](io::ErrorKind::ResourceBusy).
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct PipeReader(Source<OwnedFd>);

/// The end of a system's pipe that is written to; made by [`os`].
///
/// One task at a time may wait; a second gets [`ResourceBusy`](io::ErrorKind::ResourceBusy).
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct PipeWriter(Source<OwnedFd>);

impl PipeReader {
    /// The call that reading makes: to be yielded, or raced against others.
    pub fn reading(&self, buffer: &mut [u8]) -> impl SystemCall<Reply = io::Result<usize>> {
        Io::new(Interest::Read, &self.0, move |fd| {
            let count = rustix::io::read(fd, &mut *buffer)?;
            if (1..buffer.len()).contains(&count) {
                self.0.exhausted(Interest::Read);
            }
            Ok(count)
        })
    }
}

impl PipeWriter {
    /// The call that writing makes: to be yielded, or raced against others.
    pub fn writing(&self, bytes: &[u8]) -> impl SystemCall<Reply = io::Result<usize>> {
        Io::new(Interest::Write, &self.0, move |fd| {
            Ok(rustix::io::write(fd, bytes)?)
        })
    }
}

impl Read for &PipeReader {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        call(self.reading(buffer))
    }
}

impl Write for &PipeWriter {
    #[track_caller]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        call(self.writing(bytes))
    }

    nothing_kept!();
}

read_by_reference!(PipeReader);
write_by_reference!(PipeWriter);

/// What both ends can be made of, and turned into.
macro_rules! ends {
    ($($end:ident is not $other:ident;)+) => {$(
        impl TryFrom<OwnedFd> for $end {
            type Error = io::Error;

            /// Takes over a pipe's end, and sets it to non-blocking mode: every process that has the same
            /// end gets that mode, too.
            ///
            /// # Errors
            ///
            /// If it is no pipe, or the other end of one.
            fn try_from(fd: OwnedFd) -> io::Result<Self> {
                unblock(&fd, OFlags::$other)?;
                Ok(Self::new(fd))
            }
        }

        impl From<$end> for OwnedFd {
            /// The descriptor, in blocking mode.
            fn from(end: $end) -> Self {
                block(end.0)
            }
        }

        impl From<$end> for Stdio {
            /// For a child to have as a standard stream.
            fn from(end: $end) -> Self {
                OwnedFd::from(end).into()
            }
        }

        impl AsFd for $end {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.0.get().as_fd()
            }
        }

        impl $end {
            fn new(fd: OwnedFd) -> Self {
                Self(Source::new("pipe", fd))
            }
        }
    )+};
}

ends! {
    PipeReader is not WRONLY;
    PipeWriter is not RDONLY;
}

/// Sets a pipe's end to non-blocking mode, unless it is for this alone.
fn unblock(fd: &OwnedFd, wrong: OFlags) -> io::Result<()> {
    let kind = FileType::from_raw_mode(fstat(fd)?.st_mode);
    let flags = fcntl_getfl(fd)?;
    if kind != FileType::Fifo || flags & OFlags::RWMODE == wrong {
        let text = "not this end of a pipe: take a file as `fs::File`, a socket as those of `net`";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    Ok(fcntl_setfl(fd, flags | OFlags::NONBLOCK)?)
}

/// Sets an end to blocking mode again: most programs are written for that.
fn block(source: Source<OwnedFd>) -> OwnedFd {
    let fd = source.into_inner();
    // It is open and ours, so the system has no reason to refuse; if it did, the end would still work.
    if let Ok(flags) = fcntl_getfl(&fd) {
        _ = fcntl_setfl(&fd, flags - OFlags::NONBLOCK);
    }
    fd
}
