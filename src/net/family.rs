//! The two families, TCP/UDP and Unix: which types of `std` belong together, and what differs.

use std::fmt::Debug;
use std::io;
use std::net;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net as unix;

use super::addrs::name_of;

/// A socket of `std`'s that carries bytes or messages.
pub trait StdSocket: AsFd + From<OwnedFd> + Into<OwnedFd> + Debug {
    /// What names an end of it.
    type Addr;

    /// What reports call it.
    const KIND: &'static str;

    /// Whether it is a connection, which closing ends for the peer, too.
    const IS_STREAM: bool;

    /// The address of this end.
    fn local_addr(&self) -> io::Result<Self::Addr>;

    /// The address of the other end.
    fn peer_addr(&self) -> io::Result<Self::Addr>;
}

/// A socket of `std`'s for streams of bytes.
pub trait StdStream: StdSocket {
    /// Whether a read or a write that comes short shows that there is no more to read, or no more room.
    /// Not so of Unix streams: what came with a file descriptor is read apart.
    const SHORT_MEANS_ALL: bool;
}

/// A socket of `std`'s for whole messages.
pub trait StdDatagram: StdSocket {
    /// Takes a message; says how long it is, and from whom.
    fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, Self::Addr)>;
}

/// A listener of `std`'s.
pub trait StdListener: AsFd + From<OwnedFd> + Into<OwnedFd> + Debug {
    /// The connections that come in.
    type Stream: StdStream;

    /// What names the place where it listens, and those where connections come from.
    type Addr;

    /// The same of `mio`'s, which accepts a connection in non-blocking mode with a single system call.
    type NonBlocking: AsFd + From<OwnedFd> + Into<OwnedFd> + Debug;

    /// What reports call it.
    const KIND: &'static str;

    /// Takes the next connection, unless it would have to wait for it; says where it comes from.
    fn accept(listener: &Self::NonBlocking) -> io::Result<(Self::Stream, Self::Addr)>;

    /// The address that it is bound to.
    fn local_addr(listener: &Self::NonBlocking) -> io::Result<Self::Addr>;

    /// The address in words, for messages.
    fn name(addr: &Self::Addr) -> String;
}

/// Hands on to the methods that `std` gives each type alike.
macro_rules! sockets {
    ($($type:ty: $addr:ty, $kind:literal, is_stream: $is_stream:literal;)+) => {$(
        impl StdSocket for $type {
            type Addr = $addr;
            const KIND: &'static str = $kind;
            const IS_STREAM: bool = $is_stream;

            fn local_addr(&self) -> io::Result<$addr> {
                self.local_addr()
            }

            fn peer_addr(&self) -> io::Result<$addr> {
                self.peer_addr()
            }
        }
    )+};
}

sockets! {
    net::TcpStream: net::SocketAddr, "tcp stream", is_stream: true;
    net::UdpSocket: net::SocketAddr, "udp socket", is_stream: false;
    unix::UnixStream: unix::SocketAddr, "unix stream", is_stream: true;
    unix::UnixDatagram: unix::SocketAddr, "unix datagram socket", is_stream: false;
}

impl StdStream for net::TcpStream {
    const SHORT_MEANS_ALL: bool = true;
}

impl StdStream for unix::UnixStream {
    const SHORT_MEANS_ALL: bool = false;
}

impl StdDatagram for net::UdpSocket {
    fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, net::SocketAddr)> {
        self.recv_from(buffer)
    }
}

impl StdDatagram for unix::UnixDatagram {
    fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, unix::SocketAddr)> {
        self.recv_from(buffer)
    }
}

/// Hands on to the methods that `mio` gives both alike.
macro_rules! listeners {
    ($($type:ty: $stream:ty, $addr:ty, $mio:ty, $kind:literal, named by $name:expr;)+) => {$(
        impl StdListener for $type {
            type Stream = $stream;
            type Addr = $addr;
            type NonBlocking = $mio;
            const KIND: &'static str = $kind;

            #[inline]
            fn accept(listener: &$mio) -> io::Result<($stream, $addr)> {
                let (stream, from) = listener.accept()?;
                Ok((OwnedFd::from(stream).into(), from))
            }

            fn local_addr(listener: &$mio) -> io::Result<$addr> {
                listener.local_addr()
            }

            fn name(addr: &$addr) -> String {
                $name(addr)
            }
        }
    )+};
}

listeners! {
    net::TcpListener: net::TcpStream, net::SocketAddr, mio::net::TcpListener,
        "tcp listener", named by net::SocketAddr::to_string;
    unix::UnixListener: unix::UnixStream, unix::SocketAddr, mio::net::UnixListener,
        "unix listener", named by name_of;
}
