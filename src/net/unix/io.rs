//! Reading and writing Unix streams.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};

use super::UnixStream;
use crate::kernel::{SystemCall, Way};
use crate::net::macros;
use crate::syscall::Io;

// A short read of one does not show that it is empty: what came with a file descriptor is read apart.
impl UnixStream {
    /// The call that a read makes, without the time limit: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn reading<'s>(
        &'s self,
        buffer: &'s mut [u8],
    ) -> impl SystemCall<Reply = io::Result<usize>> + 's {
        let read = |mut io: &std::os::unix::net::UnixStream| io.read(buffer);
        Io::new(Way::Read, self.socket.source(), read)
    }

    /// The call that a write makes, without the time limit: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn writing<'s>(
        &'s self,
        bytes: &'s [u8],
    ) -> impl SystemCall<Reply = io::Result<usize>> + 's {
        let write = |mut io: &std::os::unix::net::UnixStream| io.write(bytes);
        Io::new(Way::Write, self.socket.source(), write)
    }

    #[inline]
    #[track_caller]
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.attempt(Way::Read, |mut io| io.read(buffer))
    }

    #[track_caller]
    fn receive_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        self.socket
            .attempt(Way::Read, |mut io| io.read_vectored(buffers))
    }

    #[inline]
    #[track_caller]
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.attempt(Way::Write, |mut io| io.write(bytes))
    }

    #[track_caller]
    fn send_vectored(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.socket
            .attempt(Way::Write, |mut io| io.write_vectored(parts))
    }
}

macros::streams!(UnixStream, &UnixStream);
