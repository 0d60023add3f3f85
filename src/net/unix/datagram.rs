//! Unix datagrams: whole messages within one machine.

use std::io;
use std::net::Shutdown;
use std::os::unix::net::{SocketAddr, UnixDatagram as Std};
use std::path::Path;

use super::name_of;
use crate::kernel::{Way, spend};
use crate::net::error::cannot;
use crate::net::macros;
use crate::net::socket::Socket;

/// A Unix socket for whole messages, as [`std::os::unix::net::UnixDatagram`]; only the task waits.
///
/// Messages are kept whole and in order, and none is lost. A wait that is broken off has neither taken
/// nor sent one. One task receives at a time, and one sends.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
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
pub struct UnixDatagram {
    socket: Socket<Std>,
}

macros::sockets!(UnixDatagram of Std, "unix datagram socket");

impl UnixDatagram {
    /// Makes a socket at a path. The file stays when it is dropped.
    ///
    /// # Errors
    ///
    /// If there is a file already, or none can be made there; the error names the path.
    #[track_caller]
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        spend();
        let path = path.as_ref();
        let bound = Std::bind(path).and_then(Self::from_std);
        bound.map_err(|error| cannot(format_args!("bind {}", path.display()), error))
    }

    /// As [`bind`](Self::bind), an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind).
    #[track_caller]
    pub fn bind_addr(addr: &SocketAddr) -> io::Result<Self> {
        spend();
        let bound = Std::bind_addr(addr).and_then(Self::from_std);
        bound.map_err(|error| cannot(format_args!("bind {}", name_of(addr)), error))
    }

    /// Makes a socket without an address: nobody can answer it.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left.
    pub fn unbound() -> io::Result<Self> {
        Self::from_std(Std::unbound()?)
    }

    /// Two sockets that are connected to each other.
    ///
    /// # Errors
    ///
    /// If there are no descriptors left.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = Std::pair()?;
        Ok((Self::from_std(one)?, Self::from_std(other)?))
    }

    /// Sets to whom [`send`](Self::send) sends, and from whom alone messages are taken; at once.
    ///
    /// # Errors
    ///
    /// If there is no socket at the path; the error names it.
    #[track_caller]
    pub fn connect(&self, path: impl AsRef<Path>) -> io::Result<()> {
        spend();
        let path = path.as_ref();
        let connected = self.socket.get().connect(path);
        connected.map_err(|error| cannot(format_args!("connect to {}", path.display()), error))
    }

    /// As [`connect`](Self::connect), an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    #[track_caller]
    pub fn connect_addr(&self, addr: &SocketAddr) -> io::Result<()> {
        spend();
        let connected = self.socket.get().connect_addr(addr);
        connected.map_err(|error| cannot(format_args!("connect to {}", name_of(addr)), error))
    }

    /// Waits until there is room for a message at the one it is connected to, and sends it.
    ///
    /// # Errors
    ///
    /// If it is not connected, the other is gone, the message is too long, or the wait is
    /// [interrupted](crate::Interrupted::of).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn send(&self, message: &[u8]) -> io::Result<usize> {
        self.socket.attempt(Way::Write, |io| io.send(message))
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
        self.socket.attempt_often(|io| io.send_to(message, path))
    }

    /// As [`send_to`](Self::send_to), to an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn send_to_addr(&self, message: &[u8], addr: &SocketAddr) -> io::Result<usize> {
        self.socket
            .attempt_often(|io| io.send_to_addr(message, addr))
    }

    /// Waits for a message, and says how long it is; what the buffer has no room for is dropped.
    ///
    /// # Errors
    ///
    /// If the wait is [interrupted](crate::Interrupted::of), or another task receives here.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.attempt(Way::Read, |io| io.recv(buffer))
    }

    /// As [`recv`](Self::recv); says from whom it is, too.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.socket.attempt(Way::Read, |io| io.recv_from(buffer))
    }

    /// Ends one direction, or both.
    ///
    /// # Errors
    ///
    /// If it is not connected.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.socket.get().shutdown(how)
    }

    /// Lets all who wait for it fail, and all that follows. A post: it never suspends.
    pub fn close(&self) {
        self.socket.source().close();
    }

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().local_addr()
    }

    /// The address of the one it is connected to.
    ///
    /// # Errors
    ///
    /// If it is not connected.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().peer_addr()
    }
}
