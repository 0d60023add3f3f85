//! Streams: connections that carry bytes, over TCP and within one machine.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::{self, SocketAddr};
use std::os::fd::OwnedFd;
use std::os::unix::net as unix;
use std::path::Path;
use std::time::Duration;

use rustix::io::{readv, writev};

use super::addrs::{ToAddrs, addr_of_path, name_of};
use super::connect::connect;
use super::error::cannot;
use super::family::StdStream;
use super::half::{self, OwnedReadHalf, OwnedWriteHalf, ReadHalf, WriteHalf};
use super::limit::{patiently, zero_limit};
use super::socket::Socket;
use crate::forward::{read_by_reference, write_by_reference};
use crate::kernel::{Interest, SystemCall, spend};
use crate::scope::timeout;
use crate::syscall::Io;

/// A TCP connection, as [`std::net::TcpStream`]; only the task waits.
///
/// [`Read`](io::Read) and [`Write`](io::Write) are those of `std`, for a shared one too: one task may
/// read while another writes. A second reader, or a second writer, is refused with
/// [`ResourceBusy`](io::ErrorKind::ResourceBusy). A read or a write that is broken off, by a timeout
/// say, did not happen: no byte is lost. Dropping it closes the connection.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
///
/// ```
/// use std::io::{BufRead, BufReader, Write};
/// use coros::net::{TcpListener, TcpStream};
/// use coros::{run, spawn};
///
/// run(|| {
///     let listener = TcpListener::bind("127.0.0.1:0").unwrap();
///     let addr = listener.local_addr().unwrap();
///     spawn(move || {
///         let (stream, _) = listener.accept()?;
///         for line in BufReader::new(&stream).lines() {
///             writeln!(&stream, "you said: {}", line?)?;
///         }
///         std::io::Result::Ok(())
///     });
///     let stream = TcpStream::connect(addr).unwrap();
///     writeln!(&stream, "hello").unwrap();
///     let mut answer = String::new();
///     BufReader::new(&stream).read_line(&mut answer).unwrap();
///     assert_eq!(answer, "you said: hello\n");
/// })
/// .unwrap();
/// ```
pub type TcpStream = Socket<net::TcpStream>;

/// A connection within one machine, as [`std::os::unix::net::UnixStream`]; only the task waits.
///
/// All that is said of [`TcpStream`](crate::net::TcpStream) goes for it, too.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
///
/// ```
/// use std::io::{Read, Write};
/// use coros::net::UnixStream;
/// use coros::{run, spawn};
///
/// run(|| {
///     let (mut here, mut there) = UnixStream::pair().unwrap();
///     let reader = spawn(move || {
///         let mut read = [0; 5];
///         there.read_exact(&mut read).unwrap();
///         read
///     });
///     here.write_all(b"hello").unwrap();
///     assert_eq!(&reader.join().unwrap(), b"hello");
/// })
/// .unwrap();
/// ```
pub type UnixStream = Socket<unix::UnixStream>;

/// What streams can do.
impl<T: StdStream> Socket<T> {
    /// The call that a read makes, without the time limit: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn reading<'s>(
        &'s self,
        buffer: &'s mut [u8],
    ) -> impl SystemCall<Reply = io::Result<usize>> + 's {
        Io::new(Interest::Read, self.source(), |io| {
            Self::receive(io, buffer)
        })
    }

    /// The call that a write makes, without the time limit: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn writing<'s>(
        &'s self,
        bytes: &'s [u8],
    ) -> impl SystemCall<Reply = io::Result<usize>> + 's {
        Io::new(Interest::Write, self.source(), |io| {
            Self::transmit(io, bytes)
        })
    }

    /// The two directions apart, for as long as the stream is borrowed.
    pub fn split(&mut self) -> (ReadHalf<'_, Self>, WriteHalf<'_, Self>) {
        half::split(self)
    }

    /// The two directions apart, each for a task of its own.
    pub fn into_split(self) -> (OwnedReadHalf<Self>, OwnedWriteHalf<Self>) {
        half::into_split(self)
    }

    /// Tries, and waits as long as the try would block, to move as many bytes as there is `room` for.
    #[inline]
    #[track_caller]
    fn transfer(
        &self,
        way: Interest,
        room: usize,
        mut attempt: impl FnMut(&T) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.attempt(way, |io| {
            let count = attempt(io)?;
            // Said before the kernel can hear of more. At the end of a stream there is no more to hear of.
            if T::SHORT_MEANS_ALL && 0 < count && count < room {
                self.source().exhausted(way);
            }
            Ok(count)
        })
    }
}

/// TCP connections.
impl Socket<net::TcpStream> {
    /// Waits until it is connected to one of the addresses.
    ///
    /// Of several they are tried in turn, IPv6 and IPv4 alternately, the next as soon as one fails and
    /// at the latest after 250 ms; the first that answers is taken, the other attempts are dropped.
    /// (RFC 8305, "Happy Eyeballs".)
    ///
    /// # Errors
    ///
    /// If none answers; the error names an address, and says why. Where [`ToAddrs::to_addrs`] fails,
    /// and if the wait is [interrupted](crate::Interrupted::of); then nothing is left of the attempts.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn connect(addrs: impl ToAddrs) -> io::Result<Self> {
        Ok(Self::with_source(connect(&addrs.to_addrs()?)?))
    }

    /// As `connect`, to one address and for as long as the duration.
    ///
    /// # Errors
    ///
    /// As `connect`; [`TimedOut`](io::ErrorKind::TimedOut) if the time is over, and if it is zero.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn connect_timeout(addr: &SocketAddr, limit: Duration) -> io::Result<Self> {
        if limit.is_zero() {
            return Err(zero_limit());
        }
        timeout(limit, || Self::connect(addr)).unwrap_or_else(|_| {
            let text = format!("no answer within {limit:?}");
            let late = io::Error::new(io::ErrorKind::TimedOut, text);
            Err(cannot("connect to", addr, late))
        })
    }
}

/// Connections within one machine.
impl Socket<unix::UnixStream> {
    /// Connects to the listener at a path.
    ///
    /// It waits only while that one's queue is full. The system sends no word of room there, so it is tried
    /// again every few milliseconds, and the task that waits longest does not always come first.
    ///
    /// # Errors
    ///
    /// If nothing listens there; the error names the path. If the wait is
    /// [interrupted](crate::Interrupted::of).
    ///
    /// # Panics
    ///
    /// Outside a task, if it has to wait.
    #[track_caller]
    pub fn connect(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::connect_addr(&addr_of_path("connect to", path.as_ref())?)
    }

    /// As `connect`, to an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As `connect`.
    ///
    /// # Panics
    ///
    /// As `connect`.
    #[track_caller]
    pub fn connect_addr(addr: &unix::SocketAddr) -> io::Result<Self> {
        spend();
        let connected = patiently(|| match mio::net::UnixStream::connect_addr(addr) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            result => result.map(Some),
        });
        let stream = connected.map_err(|error| cannot("connect to", name_of(addr), error))?;
        Ok(Self::of(OwnedFd::from(stream).into()))
    }

    /// Two streams that are connected to each other.
    ///
    /// # Errors
    ///
    /// If there are no descriptors left.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = unix::UnixStream::pair()?;
        Ok((Self::from_std(one)?, Self::from_std(other)?))
    }
}

impl<T: StdStream> Read for &Socket<T> {
    #[inline]
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len();
        self.transfer(Interest::Read, room, |io| Socket::receive(io, buffer))
    }

    #[track_caller]
    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let room = buffers.iter().map(|buffer| buffer.len()).sum();
        self.transfer(Interest::Read, room, |io| Ok(readv(io, buffers)?))
    }
}

impl<T: StdStream> Write for &Socket<T> {
    #[inline]
    #[track_caller]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.transfer(Interest::Write, bytes.len(), |io| {
            Socket::transmit(io, bytes)
        })
    }

    #[track_caller]
    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let count = parts.iter().map(|part| part.len()).sum();
        self.transfer(Interest::Write, count, |io| Ok(writev(io, parts)?))
    }

    /// Nothing is held back here.
    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

read_by_reference!(Socket<T> where T: StdStream);
write_by_reference!(Socket<T> where T: StdStream);
