//! Unix streams: a connection within one machine.

use crate::kernel::spend;
use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::SocketAddr;
use std::path::Path;

use super::name_of;
use crate::net::error::cannot;
use crate::net::macros;
use crate::net::socket::{Socket, patiently};

/// A connection within one machine, as [`std::os::unix::net::UnixStream`]; only the task waits.
///
/// All that is said of [`TcpStream`](crate::net::TcpStream) goes for it, too.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
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
pub struct UnixStream {
    pub(super) socket: Socket<std::os::unix::net::UnixStream>,
}

macros::sockets!(UnixStream of std::os::unix::net::UnixStream, "unix stream");

impl UnixStream {
    /// Connects to the listener at a path.
    ///
    /// It waits only while that one's queue is full. The system sends no word of that, so it is tried
    /// again every few milliseconds, and who waits longest does not always come first.
    ///
    /// # Errors
    ///
    /// If nobody listens there; the error names the path. If the wait is
    /// [interrupted](crate::Interrupted::of).
    ///
    /// # Panics
    ///
    /// Outside a task, if it has to wait.
    #[track_caller]
    pub fn connect(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        match SocketAddr::from_pathname(path) {
            Ok(addr) => Self::connect_addr(&addr),
            Err(error) => {
                let path = path.display();
                Err(cannot(format_args!("connect to {path}"), error))
            }
        }
    }

    /// As [`connect`](Self::connect), to an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect).
    ///
    /// # Panics
    ///
    /// As [`connect`](Self::connect).
    #[track_caller]
    pub fn connect_addr(addr: &SocketAddr) -> io::Result<Self> {
        spend();
        let connected = patiently(|| match mio::net::UnixStream::connect_addr(addr) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            result => result.map(Some),
        });
        match connected {
            Ok(stream) => Ok(Self::of(OwnedFd::from(stream).into())),
            Err(error) => {
                let name = name_of(addr);
                Err(cannot(format_args!("connect to {name}"), error))
            }
        }
    }

    /// Two streams that are connected to each other.
    ///
    /// # Errors
    ///
    /// If there are no descriptors left.
    pub fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = std::os::unix::net::UnixStream::pair()?;
        Ok((Self::from_std(one)?, Self::from_std(other)?))
    }

    /// Ends one direction, or both: reading gives the end of the stream, and the peer sees the end of
    /// what was written.
    ///
    /// # Errors
    ///
    /// If it is not connected any more.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.socket.get().shutdown(how)
    }

    /// Closes the connection, though others may hold the stream: those who wait for it get an error, as
    /// does all that follows. A post: it never suspends. Dropping it does the same.
    pub fn close(&self) {
        self.socket.source().close();
        // One that is not connected any more is as good as closed.
        _ = self.shutdown(Shutdown::Both);
    }

    /// The address of this end; most have none.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().local_addr()
    }

    /// The address of the other end; most have none.
    ///
    /// # Errors
    ///
    /// If it is not connected any more.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().peer_addr()
    }
}
