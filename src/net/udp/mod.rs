//! UDP: single messages between machines, which may get lost.

mod options;

use std::io;
use std::net::SocketAddr;

use super::connect::no_address;
use super::error::cannot;
use super::socket::Socket;
use super::{ToAddrs, macros};
use crate::kernel::{Way, spend};

/// A UDP socket, as [`std::net::UdpSocket`]; only the task waits.
///
/// A wait that is broken off has neither taken nor sent a message. One task receives at a time, and one
/// sends. A message may be lost or doubled under way, or overtake another: that is UDP.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
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
pub struct UdpSocket {
    socket: Socket<std::net::UdpSocket>,
}

macros::sockets!(UdpSocket of std::net::UdpSocket, "udp socket");

impl UdpSocket {
    /// Binds an address: the first of those given that can be bound. Waits only if a name has to be
    /// looked up.
    ///
    /// # Errors
    ///
    /// If none can be bound, and where [`ToAddrs::to_addrs`] fails.
    #[track_caller]
    pub fn bind(addrs: impl ToAddrs) -> io::Result<Self> {
        spend();
        let mut failed = None;
        for addr in addrs.to_addrs()?.iter() {
            match std::net::UdpSocket::bind(addr).and_then(Self::from_std) {
                Ok(socket) => return Ok(socket),
                Err(error) => failed = Some(cannot(format_args!("bind {addr}"), error)),
            }
        }
        Err(failed.unwrap_or_else(no_address))
    }

    /// Sets to whom [`send`](Self::send) sends, and from whom alone messages are taken: the first of
    /// the addresses that has a way to it. Nothing is sent for that.
    ///
    /// # Errors
    ///
    /// If there is no way to any, and where [`ToAddrs::to_addrs`] fails.
    #[track_caller]
    pub fn connect(&self, addrs: impl ToAddrs) -> io::Result<()> {
        spend();
        let mut failed = None;
        for addr in addrs.to_addrs()?.iter() {
            match self.socket.get().connect(addr) {
                Ok(()) => return Ok(()),
                Err(error) => failed = Some(cannot(format_args!("connect to {addr}"), error)),
            }
        }
        Err(failed.unwrap_or_else(no_address))
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
        self.socket
            .attempt(Way::Write, |io| io.send_to(message, addr))
    }

    /// Sends a message to the one it is connected to, and waits only while the system has no room for it.
    ///
    /// # Errors
    ///
    /// If it is not connected, the message is too long, an earlier one was refused, or the wait is
    /// [interrupted](crate::Interrupted::of).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[inline]
    #[track_caller]
    pub fn send(&self, message: &[u8]) -> io::Result<usize> {
        self.socket.attempt(Way::Write, |io| io.send(message))
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
    pub fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.socket.attempt(Way::Read, |io| io.recv_from(buffer))
    }

    /// As [`recv_from`](Self::recv_from), of the one it is connected to.
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
        self.socket.attempt(Way::Read, |io| io.recv(buffer))
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
        self.socket.attempt(Way::Read, |io| io.peek_from(buffer))
    }

    /// As [`recv`](Self::recv), without taking the message.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.attempt(Way::Read, |io| io.peek(buffer))
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
