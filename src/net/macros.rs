//! What all sockets have in common, written once.

/// Closing, errors and time limits of what has a `socket: Socket<_>`.
macro_rules! sockets {
    ($type:ident of $inner:ty, $kind:literal) => {
        impl $type {
            #[inline]
            pub(in crate::net) fn of(io: $inner) -> Self {
                Self {
                    socket: crate::net::socket::Socket::new($kind, io),
                }
            }

            /// Takes over a socket that was made elsewhere, in either mode.
            ///
            /// # Errors
            ///
            /// If it cannot be put into non-blocking mode.
            pub fn from_std(io: $inner) -> std::io::Result<Self> {
                io.set_nonblocking(true)?;
                Ok(Self::of(io))
            }

            /// Gives the socket back, in blocking mode, as `std` makes them.
            ///
            /// # Errors
            ///
            /// If it cannot be put into that mode.
            pub fn into_std(self) -> std::io::Result<$inner> {
                let io = self.socket.into_inner();
                io.set_nonblocking(false)?;
                Ok(io)
            }

            /// Makes another handle to the same socket, with a descriptor of its own; time limits and
            /// [`close`](Self::close) are each handle's own. Within one task, borrow; an `Rc` shares it
            /// among tasks without a further descriptor.
            ///
            /// # Errors
            ///
            /// If there is no descriptor left.
            pub fn try_clone(&self) -> std::io::Result<Self> {
                Ok(Self::of(self.socket.get().try_clone()?))
            }

            /// Sets how long a read may wait, `None` for ever; after that it ends with
            /// [`TimedOut`](std::io::ErrorKind::TimedOut), and nothing is lost.
            ///
            /// # Errors
            ///
            /// If the time is zero.
            pub fn set_read_timeout(
                &self,
                limit: Option<std::time::Duration>,
            ) -> std::io::Result<()> {
                self.socket.limit(crate::kernel::Way::Read).set(limit)
            }

            /// Sets how long a write may wait, `None` for ever; after that it ends with
            /// [`TimedOut`](std::io::ErrorKind::TimedOut), and nothing of it was written.
            ///
            /// # Errors
            ///
            /// If the time is zero.
            pub fn set_write_timeout(
                &self,
                limit: Option<std::time::Duration>,
            ) -> std::io::Result<()> {
                self.socket.limit(crate::kernel::Way::Write).set(limit)
            }

            /// How long a read may wait.
            ///
            /// # Errors
            ///
            /// None; `std` has it so.
            pub fn read_timeout(&self) -> std::io::Result<Option<std::time::Duration>> {
                Ok(self.socket.limit(crate::kernel::Way::Read).get())
            }

            /// How long a write may wait.
            ///
            /// # Errors
            ///
            /// None; `std` has it so.
            pub fn write_timeout(&self) -> std::io::Result<Option<std::time::Duration>> {
                Ok(self.socket.limit(crate::kernel::Way::Write).get())
            }

            /// Takes the error that the system holds for this socket, if there is one.
            ///
            /// # Errors
            ///
            /// If the system cannot say.
            #[track_caller]
            pub fn take_error(&self) -> std::io::Result<Option<std::io::Error>> {
                crate::kernel::spend_on_reading();
                self.socket.get().take_error()
            }
        }

        crate::net::macros::descriptors!($type, socket);
    };
}

/// What has a descriptor in the field `$field`.
macro_rules! descriptors {
    ($type:ident, $field:ident) => {
        impl std::os::fd::AsFd for $type {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                std::os::fd::AsFd::as_fd(self.$field.get())
            }
        }

        impl std::os::fd::AsRawFd for $type {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                std::os::fd::AsRawFd::as_raw_fd(self.$field.get())
            }
        }

        impl From<$type> for std::os::fd::OwnedFd {
            /// The descriptor, in non-blocking mode.
            fn from(it: $type) -> Self {
                it.$field.into_inner().into()
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(self.$field.get(), out)
            }
        }
    };
}

/// `Read` and `Write` of a stream, and of a shared one, by way of its own methods.
macro_rules! streams {
    ($($type:ty),+) => {$(
        impl std::io::Read for $type {
            #[inline]
            #[track_caller]
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.receive(buffer)
            }

            #[inline]
            #[track_caller]
            fn read_vectored(
                &mut self,
                buffers: &mut [std::io::IoSliceMut<'_>],
            ) -> std::io::Result<usize> {
                self.receive_vectored(buffers)
            }
        }

        impl std::io::Write for $type {
            #[inline]
            #[track_caller]
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.send(bytes)
            }

            #[inline]
            #[track_caller]
            fn write_vectored(&mut self, parts: &[std::io::IoSlice<'_>]) -> std::io::Result<usize> {
                self.send_vectored(parts)
            }

            /// Nothing is held back here.
            #[inline]
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
    )+};
}

pub(super) use {descriptors, sockets, streams};
