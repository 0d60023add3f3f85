//! Sockets for whole messages: UDP, and datagrams within one machine.

use std::io;
use std::net::{self, SocketAddr};
use std::os::unix::net as unix;
use std::path::Path;

use super::addrs::{ToAddrs, addr_of_path, first_of, name_of, no_address};
use super::error::cannot;
use super::family::StdDatagram;
use super::socket::Socket;
use crate::kernel::{Interest, spend};

/// A UDP socket, as [`std::net::UdpSocket`]; only the task waits.
///
/// A wait that is broken off has neither taken nor sent a message. One task receives at a time, and one
/// sends. A message may be lost or doubled under way, or overtake another: that is UDP.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
///
/// ```
/// use coros::net::UdpSocket;
/// use coros::{run, spawn};
///
/// run(|| {
///     let here = UdpSocket::bind("127.0.0.1:0").unwrap();
///     let addr = here.local_addr().unwrap();
///     spawn(move || {
///         let there = UdpSocket::bind("127.0.0.1:0").unwrap();
///         there.send_to(b"hello", addr).unwrap();
///     });
///     let mut room = [0; 64];
///     let (length, _from) = here.recv_from(&mut room).unwrap();
///     assert_eq!(&room[..length], b"hello");
/// })
/// .unwrap();
/// ```
pub type UdpSocket = Socket<net::UdpSocket>;

/// A Unix socket for whole messages, as [`std::os::unix::net::UnixDatagram`]; only the task waits.
///
/// Messages are kept whole and in order, and none is lost. A wait that is broken off has neither taken
/// nor sent one. One task receives at a time, and one sends.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
///
/// ```
/// use coros::net::UnixDatagram;
/// use coros::{run, spawn};
///
/// run(|| {
///     let (here, there) = UnixDatagram::pair().unwrap();
///     spawn(move || there.send(b"a whole message").unwrap());
///     let mut room = [0; 64];
///     let length = here.recv(&mut room).unwrap();
///     assert_eq!(&room[..length], b"a whole message");
/// })
/// .unwrap();
/// ```
pub type UnixDatagram = Socket<unix::UnixDatagram>;

/// What sockets for messages can do.
impl<T: StdDatagram> Socket<T> {
    /// Sends a message to the one it is connected to; waits while there is no room for it: over UDP in the
    /// system, within one machine at the receiver.
    ///
    /// # Errors
    ///
    /// If it is not connected, the other is gone, the message is too long, an earlier one was refused, or
    /// the wait is [interrupted](crate::Interrupted::of).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[inline]
    #[track_caller]
    pub fn send(&self, message: &[u8]) -> io::Result<usize> {
        self.attempt(Interest::Write, |io| Self::transmit(io, message))
    }

    /// Waits for a message, and says how long it is, and from whom; what the buffer has no room for is
    /// dropped.
    ///
    /// # Errors
    ///
    /// If the wait is [interrupted](crate::Interrupted::of), or another task receives here.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[inline]
    #[track_caller]
    pub fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, T::Addr)> {
        self.attempt(Interest::Read, |io| io.recv_from(buffer))
    }

    /// As [`recv_from`](Self::recv_from), without saying from whom.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from), and if a message sent before was refused.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[inline]
    #[track_caller]
    pub fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.attempt(Interest::Read, |io| Self::receive(io, buffer))
    }
}

/// Messages between machines.
impl Socket<net::UdpSocket> {
    /// Binds an address: the first of those given that can be bound. Waits only if a name has to be
    /// looked up.
    ///
    /// # Errors
    ///
    /// If none can be bound, and where [`ToAddrs::to_addrs`] fails.
    #[track_caller]
    pub fn bind(addrs: impl ToAddrs) -> io::Result<Self> {
        first_of(addrs, "bind", |addr| {
            Self::from_std(net::UdpSocket::bind(addr)?)
        })
    }

    /// Sets to whom [`send`](Self::send) sends, and from whom alone messages are taken: the first of
    /// the addresses that has a way to it. Nothing is sent for that.
    ///
    /// # Errors
    ///
    /// If there is no way to any, and where [`ToAddrs::to_addrs`] fails.
    #[track_caller]
    pub fn connect(&self, addrs: impl ToAddrs) -> io::Result<()> {
        first_of(addrs, "connect to", |addr| self.io().connect(addr))
    }

    /// Sends a message to the first of the addresses, and waits only while the system has no room for it.
    ///
    /// # Errors
    ///
    /// If there is no way to the address, the message is too long, or the wait is
    /// [interrupted](crate::Interrupted::of); and where [`ToAddrs::to_addrs`] fails.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn send_to(&self, message: &[u8], addrs: impl ToAddrs) -> io::Result<usize> {
        let addr = *addrs.to_addrs()?.first().ok_or_else(no_address)?;
        self.attempt(Interest::Write, |io| io.send_to(message, addr))
    }

    /// As [`recv_from`](Self::recv_from), without taking the message.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn peek_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.attempt(Interest::Read, |io| io.peek_from(buffer))
    }
}

/// Messages within one machine.
impl Socket<unix::UnixDatagram> {
    /// Makes a socket at a path. The file stays when it is dropped.
    ///
    /// # Errors
    ///
    /// If there is a file already, or none can be made there; the error names the path.
    #[track_caller]
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::bind_addr(&addr_of_path("bind", path.as_ref())?)
    }

    /// As `bind`, an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As `bind`.
    #[track_caller]
    pub fn bind_addr(addr: &unix::SocketAddr) -> io::Result<Self> {
        spend();
        let bound = unix::UnixDatagram::bind_addr(addr).and_then(Self::from_std);
        bound.map_err(|error| cannot("bind", name_of(addr), error))
    }

    /// Makes a socket without an address: no receiver can answer it.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left.
    pub fn unbound() -> io::Result<Self> {
        Self::from_std(unix::UnixDatagram::unbound()?)
    }

    /// Two sockets that are connected to each other.
    ///
    /// # Errors
    ///
    /// If there are no descriptors left.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = unix::UnixDatagram::pair()?;
        Ok((Self::from_std(one)?, Self::from_std(other)?))
    }

    /// Sets to whom [`send`](Self::send) sends, and from whom alone messages are taken; at once.
    ///
    /// # Errors
    ///
    /// If there is no socket at the path; the error names it.
    #[track_caller]
    pub fn connect(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.connect_addr(&addr_of_path("connect to", path.as_ref())?)
    }

    /// As `connect`, an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As `connect`.
    #[track_caller]
    pub fn connect_addr(&self, addr: &unix::SocketAddr) -> io::Result<()> {
        spend();
        let connected = self.io().connect_addr(addr);
        connected.map_err(|error| cannot("connect to", name_of(addr), error))
    }

    /// Waits until there is room for a message at the socket of this path, and sends it. The system
    /// sends no word of that room, so it is tried again every few milliseconds.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn send_to(&self, message: &[u8], path: impl AsRef<Path>) -> io::Result<usize> {
        let path = path.as_ref();
        self.attempt_often(|io| io.send_to(message, path))
    }

    /// As `send_to`, to an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn send_to_addr(&self, message: &[u8], addr: &unix::SocketAddr) -> io::Result<usize> {
        self.attempt_often(|io| io.send_to_addr(message, addr))
    }
}
