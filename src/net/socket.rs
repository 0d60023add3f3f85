//! Sockets: what those for bytes and those for messages have in common, of both families.

use std::fmt;
use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use rustix::io::ioctl_fionbio;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use socket2::SockRef;

use super::family::StdSocket;
use super::limit::{Limit, patiently};
use crate::kernel::{Interest, Source, call, spend_on_reading};
use crate::syscall::Io;

/// A broken connection is an error, not a signal; some systems set that once, when a socket is made.
#[cfg(not(target_vendor = "apple"))]
const QUIETLY: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
const QUIETLY: SendFlags = SendFlags::empty();

/// A socket whose waits block the task alone: a [`TcpStream`](super::TcpStream), a
/// [`UdpSocket`](super::UdpSocket), a [`UnixStream`](super::UnixStream) or a
/// [`UnixDatagram`](super::UnixDatagram).
///
/// `T` is the type of `std` whose methods it has.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
///
/// ```
/// use std::io::ErrorKind;
/// use std::time::Duration;
/// use coros::net::UnixDatagram;
///
/// let (socket, _other) = UnixDatagram::pair().unwrap();
/// let none = socket.set_read_timeout(Some(Duration::ZERO)).unwrap_err();
/// assert_eq!(none.kind(), ErrorKind::InvalidInput);
/// socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
/// let late = coros::run(move || socket.recv(&mut [0; 8]).unwrap_err());
/// assert_eq!(late.unwrap().kind(), ErrorKind::TimedOut);
/// ```
pub struct Socket<T> {
    source: Source<T>,
    read_limit: Limit,
    write_limit: Limit,
}

/// What all sockets can do.
impl<T: StdSocket> Socket<T> {
    /// Takes over a socket that was made elsewhere, in either mode.
    ///
    /// # Errors
    ///
    /// If it cannot be put into non-blocking mode.
    pub fn from_std(io: T) -> io::Result<Self> {
        ioctl_fionbio(&io, true)?;
        Ok(Self::of(io))
    }

    /// Gives the socket back, in blocking mode, as `std` makes them.
    ///
    /// # Errors
    ///
    /// If it cannot be put into that mode.
    pub fn into_std(self) -> io::Result<T> {
        let io = self.source.into_inner();
        ioctl_fionbio(&io, false)?;
        Ok(io)
    }

    /// Makes another handle to the same socket, with a descriptor of its own; time limits and
    /// [`close`](Self::close) are each handle's own. Within one task, borrow; an `Rc` shares it
    /// among tasks without a further descriptor.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::of(self.as_fd().try_clone_to_owned()?.into()))
    }

    /// Reads without taking: what is read here, bytes or a message, comes again.
    ///
    /// # Errors
    ///
    /// Those of a read.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let peek = |io: &_| Ok(recv(io, &mut *buffer, RecvFlags::PEEK)?.1);
        self.attempt(Interest::Read, peek)
    }

    /// Ends one direction, or both: reading gives the end of the stream, and the peer sees the end of
    /// what was written.
    ///
    /// # Errors
    ///
    /// If it is not connected, or not any more.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        SockRef::from(self.io()).shutdown(how)
    }

    /// Lets tasks that wait for it fail, though others may hold it, and all that follows; a stream's
    /// connection ends with that. Not a call: it never suspends. Dropping it does the same.
    pub fn close(&self) {
        self.source.close();
        if T::IS_STREAM {
            // One that is not connected any more is as good as closed.
            _ = self.shutdown(Shutdown::Both);
        }
    }

    /// Sets how long a read may wait, `None` for ever; after that it ends with
    /// [`TimedOut`](io::ErrorKind::TimedOut), and nothing is lost.
    ///
    /// # Errors
    ///
    /// If the time is zero.
    pub fn set_read_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        self.read_limit.set(limit)
    }

    /// Sets how long a write may wait, `None` for ever; after that it ends with
    /// [`TimedOut`](io::ErrorKind::TimedOut), and nothing of it was written.
    ///
    /// # Errors
    ///
    /// If the time is zero.
    pub fn set_write_timeout(&self, limit: Option<Duration>) -> io::Result<()> {
        self.write_limit.set(limit)
    }

    /// How long a read may wait.
    ///
    /// # Errors
    ///
    /// None; `std` has it so.
    pub fn read_timeout(&self) -> io::Result<Option<Duration>> {
        Ok(self.read_limit.get())
    }

    /// How long a write may wait.
    ///
    /// # Errors
    ///
    /// None; `std` has it so.
    pub fn write_timeout(&self) -> io::Result<Option<Duration>> {
        Ok(self.write_limit.get())
    }

    /// Takes the error that the system holds for this socket, if there is one.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    #[track_caller]
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        spend_on_reading();
        SockRef::from(self.io()).take_error()
    }

    /// The address of this end; most Unix streams have none.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn local_addr(&self) -> io::Result<T::Addr> {
        self.io().local_addr()
    }

    /// The address of the other end; most Unix streams have none.
    ///
    /// # Errors
    ///
    /// If it is not connected, or not any more.
    pub fn peer_addr(&self) -> io::Result<T::Addr> {
        self.io().peer_addr()
    }

    #[inline]
    pub(super) fn of(io: T) -> Self {
        Self::with_source(Source::new(T::KIND, io))
    }

    /// Receives what there is, bytes or a message, unless it would have to wait.
    #[inline]
    pub(super) fn receive(io: &T, buffer: &mut [u8]) -> io::Result<usize> {
        // `std` would go through the C library, and pay for what cancels threads.
        Ok(recv(io, buffer, RecvFlags::empty())?.1)
    }

    /// Sends what there is room for, unless it would have to wait.
    #[inline]
    pub(super) fn transmit(io: &T, bytes: &[u8]) -> io::Result<usize> {
        Ok(send(io, bytes, QUIETLY)?)
    }
}

impl<T> Socket<T> {
    #[inline]
    pub(super) fn with_source(source: Source<T>) -> Self {
        Self {
            source,
            read_limit: Limit::default(),
            write_limit: Limit::default(),
        }
    }

    #[inline]
    pub(super) fn io(&self) -> &T {
        self.source.get()
    }

    #[inline]
    pub(super) fn source(&self) -> &Source<T> {
        &self.source
    }

    /// Tries, and waits this way for as long as the try would block, and as the limit allows. What needs
    /// no wait needs no call either, most of the time.
    #[inline]
    #[track_caller]
    pub(super) fn attempt<R>(
        &self,
        way: Interest,
        attempt: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        let mut io = Io::new(way, &self.source, attempt);
        match io.at_once() {
            Some(result) => result,
            None => self.limit(way).hold(|| call(io)),
        }
    }

    /// As [`attempt`](Self::attempt), of a write that waits for room at the receiver's: of that the
    /// system sends no word, so it is tried again and again.
    #[track_caller]
    pub(super) fn attempt_often<R>(
        &self,
        mut attempt: impl FnMut(&T) -> io::Result<R>,
    ) -> io::Result<R> {
        self.write_limit.hold(|| {
            patiently(|| {
                let once = |io: &T| match attempt(io) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
                    result => result.map(Some),
                };
                call(Io::new(Interest::Write, &self.source, once))
            })
        })
    }

    #[inline]
    fn limit(&self, way: Interest) -> &Limit {
        match way {
            Interest::Read => &self.read_limit,
            Interest::Write => &self.write_limit,
        }
    }
}

impl<T: AsFd> AsFd for Socket<T> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.io().as_fd()
    }
}

impl<T: AsFd> AsRawFd for Socket<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl<T: AsFd + Into<OwnedFd>> From<Socket<T>> for OwnedFd {
    /// The descriptor, in non-blocking mode.
    fn from(socket: Socket<T>) -> Self {
        socket.source.into_inner().into()
    }
}

impl<T: fmt::Debug> fmt::Debug for Socket<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io().fmt(out)
    }
}
