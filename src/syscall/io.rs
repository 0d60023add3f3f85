//! The calls about file descriptors: try, and wait until it is worth trying.

use std::io;
use std::os::fd::{AsFd, AsRawFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::kernel::{
    Answer, Interest, Interrupted, Kernel, Remote, ScheduledIo, Source, SystemCall, Tid, outside,
    shortcut,
};
use crate::shown::described;

/// Tries something on a [`Source`], and waits for it for as long as it would block.
///
/// The try is made first, and made again whenever the system says that it may be worth while. So the
/// reply is the try's own; beside it there is the error of a source that is closed, on which another
/// task waits the same way, or that cannot be registered, and [`Interrupted`] as an
/// [`io::Error`]: then no try succeeded, and nothing is lost.
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
///
/// ```
/// use std::io::{Read, Write};
/// use std::os::unix::net::UnixStream;
/// use coros::kernel::{Source, Interest};
/// use coros::{call, run, spawn, syscall::Io};
///
/// let (here, there) = UnixStream::pair().unwrap();
/// here.set_nonblocking(true).unwrap();
/// let read = run(move || {
///     let source = Source::new("unix stream", here);
///     spawn(move || (&there).write_all(b"hello"));
///     let mut buffer = [0; 8];
///     let count = call(Io::new(Interest::Read, &source, |mut io| io.read(&mut buffer))).unwrap();
///     buffer[..count].to_vec()
/// });
/// assert_eq!(read.unwrap(), b"hello");
/// ```
pub struct Io<'s, T, F> {
    way: Interest,
    source: &'s Source<T>,
    attempt: F,
}

impl<'s, T, R, F: FnMut(&'s T) -> io::Result<R>> Io<'s, T, F> {
    /// Tries this, waiting this way.
    #[inline]
    pub fn new(way: Interest, source: &'s Source<T>, attempt: F) -> Self {
        Self {
            way,
            source,
            attempt,
        }
    }

    /// Tries without a call; says nothing if it would block, if it is the kernel that has to answer, or if
    /// the caller is to make a call now, since it did without for long or since an observer watches.
    #[inline]
    pub(crate) fn at_once(&mut self) -> Option<io::Result<R>> {
        let is_free = self.source.scheduled().is_free(self.way);
        (is_free && shortcut::is_open()).then(|| self.attempt())?
    }

    /// Tries; says nothing if it would block.
    #[inline]
    fn attempt(&mut self) -> Option<io::Result<R>> {
        let scheduled = self.source.scheduled();
        while scheduled.is_ready(self.way) {
            match (self.attempt)(self.source.get()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    scheduled.would_block(self.way);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return Some(result),
            }
        }
        None
    }
}

impl<'s, T, R, F: FnMut(&'s T) -> io::Result<R>> SystemCall for Io<'s, T, F> {
    type Reply = io::Result<R>;

    #[inline]
    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let scheduled = self.source.scheduled();
        let admitted = scheduled.admit(self.way, caller);
        // Before the try, which is the user's, and may panic: then the task waits here no more.
        scheduled.end(self.way, caller);
        let answer = match admitted {
            Ok(()) => self.attempt(),
            Err(error) => Some(Err(error)),
        };
        let answer = answer.or_else(|| {
            outside::wait_for(kernel, caller, scheduled, self.way)
                .err()
                .map(Err)
        });
        answer.map_or(Answer::Wait, Answer::Done)
    }

    fn abandon(&mut self, _: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.source.scheduled().end(self.way, caller);
        Err(why.into())
    }

    described!(self => "{:?}({})", self.way, self.source.scheduled());
}

/// Waits until a file descriptor can be read from without blocking, or has an error to tell.
///
/// Any descriptor will do, in whichever mode: the caller keeps it. One that the system cannot wait for,
/// as of a regular file, is always ready.
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
///
/// # Errors
///
/// If another task waits for the same already, if the system refuses, or [`Interrupted`].
#[derive(Debug)]
pub struct ReadWait<F>(pub F);

/// Waits until a file descriptor can be written to without blocking; as [`ReadWait`].
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
#[derive(Debug)]
pub struct WriteWait<F>(pub F);

impl<F: AsFd> SystemCall for ReadWait<F> {
    type Reply = io::Result<()>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        serve_wait(kernel, caller, &self.0, Interest::Read)
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        end_wait(kernel, caller, &self.0, Interest::Read);
        Err(why.into())
    }

    described!(self => "ReadWait(fd {})", self.0.as_fd().as_raw_fd());
}

impl<F: AsFd> SystemCall for WriteWait<F> {
    type Reply = io::Result<()>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        serve_wait(kernel, caller, &self.0, Interest::Write)
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        end_wait(kernel, caller, &self.0, Interest::Write);
        Err(why.into())
    }

    described!(self => "WriteWait(fd {})", self.0.as_fd().as_raw_fd());
}

fn serve_wait(
    kernel: &mut Kernel,
    caller: Tid,
    fd: &impl AsFd,
    way: Interest,
) -> Answer<io::Result<()>> {
    match try_wait(kernel, caller, fd, way) {
        Ok(false) => Answer::Wait,
        Ok(true) => {
            end_wait(kernel, caller, fd, way);
            Answer::Done(Ok(()))
        }
        Err(error) => {
            end_wait(kernel, caller, fd, way);
            Answer::Done(Err(error))
        }
    }
}

/// Says whether a descriptor is ready; if not, the caller is parked until it may be.
fn try_wait(kernel: &mut Kernel, caller: Tid, fd: &impl AsFd, way: Interest) -> io::Result<bool> {
    let scheduled = outside::scheduled_io_of(kernel, fd.as_fd().as_raw_fd());
    if let Some(scheduled) = &scheduled {
        scheduled.admit(way, caller)?;
    }
    if is_ready(fd, way)? {
        return Ok(true);
    }
    let scheduled = scheduled.unwrap_or_else(|| ScheduledIo::lent(fd.as_fd().as_raw_fd()));
    match outside::wait_for(kernel, caller, &scheduled, way) {
        // Of a kind that the system never waits for: it is ready whenever one asks.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::PERM.raw_os_error()) => {
            Ok(true)
        }
        parked => parked.map(|()| false),
    }
}

fn is_ready(fd: &impl AsFd, way: Interest) -> io::Result<bool> {
    let flags = match way {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
    };
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    Ok(poll(&mut [PollFd::new(fd, flags)], Some(&at_once))? > 0)
}

/// The caller does not wait for a descriptor any more, if it did.
pub(super) fn end_wait(kernel: &mut Kernel, caller: Tid, fd: &impl AsFd, way: Interest) {
    if let Some(scheduled) = outside::scheduled_io_of(kernel, fd.as_fd().as_raw_fd()) {
        scheduled.end(way, caller);
        scheduled.retire_if_lent();
    }
}

/// Asks for a handle to the scheduler that other threads may use.
///
/// # Errors
///
/// If the system has no descriptors left.
#[derive(Clone, Copy, Debug, Default)]
pub struct GetRemote;

impl SystemCall for GetRemote {
    type Reply = io::Result<Remote>;

    fn serve(&mut self, kernel: &mut Kernel, _caller: Tid) -> Answer<Self::Reply> {
        Answer::Done(Remote::of(kernel))
    }
}
