//! Unix listeners: where connections of this machine come in.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::SocketAddr;
use std::path::Path;

use socket2::SockRef;

use super::{UnixStream, name_of};
use crate::kernel::{SystemCall, spend, spend_on_reading};
use crate::net::accept::{Entrance, Listener};
use crate::net::error::cannot;
use crate::net::macros;

/// A Unix socket that waits for connections, as [`std::os::unix::net::UnixListener`]; only the task
/// waits.
///
/// One task accepts at a time. The file that it binds stays when it is dropped: remove it then, or
/// before the next one binds the path.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use std::io::{Read, Write};
/// use coros::net::{UnixListener, UnixStream};
/// use coros::{run, spawn};
///
/// run(|| {
///     let path = std::env::temp_dir().join(format!("coros-doc-{}.sock", std::process::id()));
///     let listener = UnixListener::bind(&path).unwrap();
///     let there = path.clone();
///     spawn(move || UnixStream::connect(there).unwrap().write_all(b"hello"));
///     let mut heard = String::new();
///     listener.accept().unwrap().0.read_to_string(&mut heard).unwrap();
///     assert_eq!(heard, "hello");
///     std::fs::remove_file(path).unwrap();
/// })
/// .unwrap();
/// ```
pub struct UnixListener {
    // The one of `mio`, since it accepts connections in non-blocking mode with a single system call.
    entrance: Entrance<mio::net::UnixListener>,
}

impl UnixListener {
    /// Makes a socket at a path, and lets connections queue there.
    ///
    /// # Errors
    ///
    /// If there is a file already, be it left by a listener that is gone
    /// ([`AddrInUse`](io::ErrorKind::AddrInUse)), and if no file can be made there.
    #[track_caller]
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let what = || format!("bind {}", path.display());
        let addr = SocketAddr::from_pathname(path)
            .map_err(|error| cannot(format_args!("{}", what()), error))?;
        Self::bind_addr(&addr)
    }

    /// As [`bind`](Self::bind), an address that may be other than a path.
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind).
    #[track_caller]
    pub fn bind_addr(addr: &SocketAddr) -> io::Result<Self> {
        spend();
        let bound = mio::net::UnixListener::bind_addr(addr);
        let listener =
            bound.map_err(|error| cannot(format_args!("bind {}", name_of(addr)), error))?;
        Ok(Self::of(listener))
    }

    /// Waits until somebody has connected; as [`TcpListener::accept`](crate::net::TcpListener::accept).
    ///
    /// # Errors
    ///
    /// As [`TcpListener::accept`](crate::net::TcpListener::accept).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
        self.entrance.accept()
    }

    /// The call that [`accept`](Self::accept) makes: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn accepting(
        &self,
    ) -> impl SystemCall<Reply = io::Result<(UnixStream, SocketAddr)>> + use<'_> {
        self.entrance.accepting()
    }

    /// All connections that come; as [`TcpListener::incoming`](crate::net::TcpListener::incoming), which has
    /// an example. It ends after the error of an [interruption](crate::Interrupted::of).
    pub fn incoming(&self) -> UnixIncoming<'_> {
        UnixIncoming {
            listener: self,
            ended: false,
        }
    }

    /// Closes it: whoever waits here gets an error, and whoever connects from now on is refused. That
    /// goes for all that share the socket, other processes too; to let go of a share, drop it.
    pub fn close(&self) {
        self.entrance.close();
    }

    /// The address that it is bound to.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.entrance.get().local_addr()
    }

    /// Takes the error that the system holds for this socket, if there is one.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    #[track_caller]
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        spend_on_reading();
        self.entrance.get().take_error()
    }

    /// Takes over a listener that was made elsewhere, in either mode.
    ///
    /// # Errors
    ///
    /// If it cannot be put into non-blocking mode.
    pub fn from_std(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self::of(mio::net::UnixListener::from_std(listener)))
    }

    /// Gives the listener back, in blocking mode, as `std` makes them.
    ///
    /// # Errors
    ///
    /// If it cannot be put into that mode.
    pub fn into_std(self) -> io::Result<std::os::unix::net::UnixListener> {
        let listener = OwnedFd::from(self.entrance.into_inner());
        let listener = std::os::unix::net::UnixListener::from(listener);
        listener.set_nonblocking(false)?;
        Ok(listener)
    }

    /// Makes another handle to the same queue of connections, with a descriptor of its own.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left.
    pub fn try_clone(&self) -> io::Result<Self> {
        let shared = SockRef::from(self.entrance.get()).try_clone()?;
        Self::from_std(OwnedFd::from(shared).into())
    }

    fn of(listener: mio::net::UnixListener) -> Self {
        Self {
            entrance: Entrance::new("unix listener", listener),
        }
    }
}

macros::descriptors!(UnixListener, entrance);

impl Listener for mio::net::UnixListener {
    type Accepted = (UnixStream, SocketAddr);

    #[inline]
    fn take(&self) -> io::Result<Self::Accepted> {
        let (stream, from) = self.accept()?;
        Ok((UnixStream::of(OwnedFd::from(stream).into()), from))
    }

    fn place(&self) -> String {
        let addr = self.local_addr();
        addr.map_or_else(|_| "a Unix listener".into(), |addr| name_of(&addr))
    }
}

/// All connections that come to a [`UnixListener`]; see [`incoming`](UnixListener::incoming).
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct UnixIncoming<'l> {
    listener: &'l UnixListener,
    ended: bool,
}

impl Iterator for UnixIncoming<'_> {
    type Item = io::Result<UnixStream>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        let listener = self.listener;
        let accept = || Ok(listener.accept()?.0);
        listener.entrance.next(&mut self.ended, accept)
    }
}

impl std::iter::FusedIterator for UnixIncoming<'_> {}
