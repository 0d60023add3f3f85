//! Reading and writing TCP streams: one system call each, and one more try only when there is something.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};

use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::TcpStream;
use crate::kernel::{SystemCall, Way};
use crate::net::macros;
use crate::syscall::Io;

/// A broken connection is an error, not a signal; some systems set that once, when a socket is made.
#[cfg(not(target_vendor = "apple"))]
const QUIETLY: SendFlags = SendFlags::NOSIGNAL;
#[cfg(target_vendor = "apple")]
const QUIETLY: SendFlags = SendFlags::empty();

impl TcpStream {
    /// Reads without taking: what is read here comes again.
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
        self.socket.attempt(Way::Read, |io| io.peek(buffer))
    }

    /// The call that a read makes, without the time limit: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn reading<'s>(
        &'s self,
        buffer: &'s mut [u8],
    ) -> impl SystemCall<Reply = io::Result<usize>> + 's {
        let read = |mut io: &std::net::TcpStream| io.read(buffer);
        Io::new(Way::Read, self.socket.source(), read)
    }

    /// The call that a write makes, without the time limit: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn writing<'s>(
        &'s self,
        bytes: &'s [u8],
    ) -> impl SystemCall<Reply = io::Result<usize>> + 's {
        let write = |mut io: &std::net::TcpStream| io.write(bytes);
        Io::new(Way::Write, self.socket.source(), write)
    }

    #[inline]
    #[track_caller]
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len();
        // `std` would go through the C library, and pay for what cancels threads.
        let read = |io: &_| Ok(recv(io, &mut *buffer, RecvFlags::empty())?.1);
        self.socket.transfer(Way::Read, room, read)
    }

    #[track_caller]
    fn receive_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let room = buffers.iter().map(|buffer| buffer.len()).sum();
        let read = |mut io: &std::net::TcpStream| io.read_vectored(buffers);
        self.socket.transfer(Way::Read, room, read)
    }

    #[inline]
    #[track_caller]
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let write = |io: &_| Ok(send(io, bytes, QUIETLY)?);
        self.socket.transfer(Way::Write, bytes.len(), write)
    }

    #[track_caller]
    fn send_vectored(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let count = parts.iter().map(|part| part.len()).sum();
        let write = |mut io: &std::net::TcpStream| io.write_vectored(parts);
        self.socket.transfer(Way::Write, count, write)
    }
}

macros::streams!(TcpStream, &TcpStream);
