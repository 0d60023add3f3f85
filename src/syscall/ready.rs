//! The call that acts on any file descriptor as soon as it is ready.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use super::io::end_wait;
use super::{ReadWait, WriteWait};
use crate::kernel::{Answer, Interest, Interrupted, Kernel, SystemCall, Tid};

/// How often a descriptor may be said to be ready, and not be so.
const TRIES: usize = 16;

/// Waits until a file descriptor is ready, and does something with it in the same moment.
///
/// It is for descriptors that other processes have too, such as the standard streams: their mode is not
/// ours to change, so they may block. A read once one is readable does not block, nor does a write of
/// up to 4,096 bytes (`PIPE_BUF`) once it is writable. No other task can come between the wait and the
/// act; another process that uses the same descriptor can, and then it is the loop that waits.
///
/// Several tasks may wait for the same descriptor; which of them is served first is not said.
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
///
/// # Errors
///
/// Those of `act`, of [`ReadWait`], and [`Interrupted`] as an [`io::Error`]: then `act` was not done.
///
/// ```
/// use coros::kernel::Interest;
/// use coros::{call, run, syscall::WhenReady};
/// use std::io::{Read, Write, pipe};
///
/// let read = run(|| {
///     let (reader, mut writer) = pipe().unwrap();
///     writer.write_all(b"in blocking mode").unwrap();
///     let mut buffer = [0; 80];
///     call(WhenReady::new(Interest::Read, &reader, |mut reader| reader.read(&mut buffer)))
/// });
/// assert_eq!(read.unwrap().unwrap(), 16);
/// ```
pub struct WhenReady<'f, F, A> {
    wait: DescriptorWait,
    fd: &'f F,
    act: A,
}

impl<'f, F: AsFd, R, A: FnMut(&'f F) -> io::Result<R>> WhenReady<'f, F, A> {
    /// Does this once it is ready this way.
    #[must_use]
    pub fn new(way: Interest, fd: &'f F, act: A) -> Self {
        let wait = DescriptorWait::new(way);
        Self { wait, fd, act }
    }
}

impl<'f, F: AsFd, R, A: FnMut(&'f F) -> io::Result<R>> SystemCall for WhenReady<'f, F, A> {
    type Reply = io::Result<R>;

    fn serve(&mut self, kernel: &mut Kernel, caller: Tid) -> Answer<Self::Reply> {
        let mut result = Err(io::ErrorKind::WouldBlock.into());
        for _ in 0..TRIES {
            match self.wait.serve(kernel, caller, self.fd) {
                Answer::Wait => return Answer::Wait,
                Answer::Done(Err(error)) => return Answer::Done(Err(error)),
                Answer::Done(Ok(())) => result = (self.act)(self.fd),
            }
            // Interrupted by a signal, or another process was faster.
            let again = [io::ErrorKind::Interrupted, io::ErrorKind::WouldBlock];
            if !matches!(&result, Err(error) if again.contains(&error.kind())) {
                break;
            }
        }
        Answer::Done(result)
    }

    fn abandon(&mut self, kernel: &mut Kernel, caller: Tid, why: Interrupted) -> Self::Reply {
        self.wait.end(kernel, caller, self.fd);
        Err(why.into())
    }

    fn describe(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.wait.describe(out, self.fd)
    }
}

/// A wait for a descriptor that others may wait for, too.
pub(crate) struct DescriptorWait {
    way: Interest,
    /// Another name of the descriptor, for one who was not the first to wait for it.
    own: Option<OwnedFd>,
}

impl DescriptorWait {
    pub(crate) fn new(way: Interest) -> Self {
        Self { way, own: None }
    }

    /// Says whether it is ready, or lets the caller wait.
    pub(crate) fn serve(
        &mut self,
        kernel: &mut Kernel,
        caller: Tid,
        fd: &impl AsFd,
    ) -> Answer<io::Result<()>> {
        if self.own.is_none() {
            match self.serve_as(kernel, caller, fd.as_fd()) {
                Answer::Done(Err(error)) if error.kind() == io::ErrorKind::ResourceBusy => {}
                answer => return answer,
            }
            match fd.as_fd().try_clone_to_owned() {
                Ok(own) => self.own = Some(own),
                Err(error) => return Answer::Done(Err(error)),
            }
        }
        self.serve_as(kernel, caller, self.name_of(fd))
    }

    /// The caller waits no more, if it did.
    pub(crate) fn end(&mut self, kernel: &mut Kernel, caller: Tid, fd: &impl AsFd) {
        end_wait(kernel, caller, &self.name_of(fd), self.way);
    }

    pub(crate) fn describe(&self, out: &mut fmt::Formatter<'_>, fd: &impl AsFd) -> fmt::Result {
        let (way, fd) = (self.way, fd.as_fd().as_raw_fd());
        write!(out, "{way:?}(fd {fd})")
    }

    fn serve_as(
        &self,
        kernel: &mut Kernel,
        caller: Tid,
        fd: BorrowedFd<'_>,
    ) -> Answer<io::Result<()>> {
        match self.way {
            Interest::Read => ReadWait(fd).serve(kernel, caller),
            Interest::Write => WriteWait(fd).serve(kernel, caller),
        }
    }

    fn name_of<'a>(&'a self, fd: &'a impl AsFd) -> BorrowedFd<'a> {
        self.own.as_ref().map_or(fd.as_fd(), AsFd::as_fd)
    }
}
