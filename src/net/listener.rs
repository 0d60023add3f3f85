//! Listeners: where connections come in.

use std::fmt;
use std::io;
use std::net;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net as unix;
use std::path::Path;

use rustix::io::ioctl_fionbio;
use socket2::{Domain, Protocol, SockRef, Type};

use super::accept::{Entrance, Incoming};
use super::addrs::{ToAddrs, addr_of_path, first_of, name_of};
use super::error::cannot;
use super::family::StdListener;
use super::socket::Socket;
use crate::kernel::{SystemCall, call, spend, spend_on_reading};

/// How many connections may wait to be accepted; the system may allow less.
const QUEUE: i32 = 4096;

/// A TCP socket that waits for connections, as [`std::net::TcpListener`]; only the task waits.
///
/// One task accepts at a time; a second is refused with
/// [`ResourceBusy`](io::ErrorKind::ResourceBusy). It can be made before the scheduler runs.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
///
/// ```
/// use std::io::{Read, Write};
/// use coros::net::{TcpListener, TcpStream};
/// use coros::{run, spawn};
///
/// run(|| {
///     let listener = TcpListener::bind("127.0.0.1:0").unwrap();
///     let addr = listener.local_addr().unwrap();
///     let client = spawn(move || {
///         let mut stream = TcpStream::connect(addr).unwrap();
///         stream.write_all(b"ping").unwrap();
///         let mut answer = String::new();
///         stream.read_to_string(&mut answer).unwrap();
///         answer
///     });
///     let (mut stream, _) = listener.accept().unwrap();
///     let mut asked = [0; 4];
///     stream.read_exact(&mut asked).unwrap();
///     stream.write_all(b"pong").unwrap();
///     drop(stream);
///     assert_eq!((&asked, &*client.join().unwrap()), (b"ping", "pong"));
/// })
/// .unwrap();
/// ```
pub type TcpListener = Listener<net::TcpListener>;

/// A Unix socket that waits for connections, as [`std::os::unix::net::UnixListener`]; only the task
/// waits.
///
/// One task accepts at a time. The file that it binds stays when it is dropped: remove it then, or
/// before the next one binds the path.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
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
pub type UnixListener = Listener<unix::UnixListener>;

/// A socket that waits for connections: a [`TcpListener`] or a [`UnixListener`].
///
/// `L` is the type of `std` whose methods it has.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Listener<L: StdListener> {
    entrance: Entrance<L>,
}

/// What listeners can do.
impl<L: StdListener> Listener<L> {
    /// Waits for a connection; gives it, a [`TcpStream`](super::TcpStream) or a
    /// [`UnixStream`](super::UnixStream), and where it comes from.
    ///
    /// First come, first served. A wait that is broken off leaves the queue as it is. Errors of a
    /// single connection, as of one that its peer gave up meanwhile, are passed over.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left: the connection stays in the queue, and the next call waits for a
    /// moment first, so that a loop which only notes the error does not spin. If the listener was
    /// [closed](Self::close), another task accepts here, or the wait is
    /// [interrupted](crate::Interrupted::of).
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[inline]
    #[track_caller]
    pub fn accept(&self) -> io::Result<(Socket<L::Stream>, L::Addr)> {
        call(self.accepting())
    }

    /// The call that [`accept`](Self::accept) makes: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn accepting(
        &self,
    ) -> impl SystemCall<Reply = io::Result<(Socket<L::Stream>, L::Addr)>> + use<'_, L> {
        self.entrance.accepting()
    }

    /// All connections that come, one after the other.
    ///
    /// It ends when the listener is closed, and after the error of an
    /// [interruption](crate::Interrupted::of), since all that would follow is the same error again; any
    /// other error may be followed by connections.
    ///
    /// ```
    /// use std::io::{self, Read, Write};
    /// use coros::net::{TcpListener, TcpStream};
    /// use coros::{Interrupted, run, spawn};
    ///
    /// fn serve(listener: &TcpListener) {
    ///     for stream in listener.incoming() {
    ///         match stream {
    ///             Ok(stream) => _ = spawn(move || io::copy(&mut &stream, &mut &stream)),
    ///             Err(error) if Interrupted::of(&error).is_some() => println!("closed: {error}"),
    ///             // No reason to close: when guests leave, there are descriptors again.
    ///             Err(error) => println!("no guest has come in: {error}"),
    ///         }
    ///     }
    /// }
    ///
    /// run(|| {
    ///     let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    ///     let mut guest = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    ///     let server = spawn(move || serve(&listener));
    ///     guest.write_all(b"ping").unwrap();
    ///     let mut echo = [0; 4];
    ///     guest.read_exact(&mut echo).unwrap();
    ///     assert_eq!(&echo, b"ping");
    ///     server.cancel("closing time");
    ///     assert!(server.join().is_ok(), "it did not panic");
    /// })
    /// .unwrap();
    /// ```
    pub fn incoming(&self) -> Incoming<'_, L> {
        self.entrance.incoming()
    }

    /// Closes it: tasks that wait here get an error, and connections from now on are refused, or as soon
    /// as it is dropped where the system cannot do so before. That goes for all that share the socket,
    /// other processes too; to let go of a share, drop it.
    pub fn close(&self) {
        self.entrance.close();
    }

    /// The address that it is bound to.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn local_addr(&self) -> io::Result<L::Addr> {
        L::local_addr(self.entrance.get())
    }

    /// Takes the error that the system holds for this socket, if there is one.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    #[track_caller]
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        spend_on_reading();
        SockRef::from(self.entrance.get()).take_error()
    }

    /// Takes over a listener that was made elsewhere, in either mode.
    ///
    /// # Errors
    ///
    /// If it cannot be put into non-blocking mode.
    pub fn from_std(listener: L) -> io::Result<Self> {
        ioctl_fionbio(&listener, true)?;
        Ok(Self {
            entrance: Entrance::new(listener),
        })
    }

    /// Gives the listener back, in blocking mode, as `std` makes them.
    ///
    /// # Errors
    ///
    /// If it cannot be put into that mode.
    pub fn into_std(self) -> io::Result<L> {
        let listener = OwnedFd::from(self);
        ioctl_fionbio(&listener, false)?;
        Ok(listener.into())
    }

    /// Makes another handle to the same queue of connections, with a descriptor of its own.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left.
    pub fn try_clone(&self) -> io::Result<Self> {
        Self::from_std(self.as_fd().try_clone_to_owned()?.into())
    }
}

/// Listeners for other machines.
impl Listener<net::TcpListener> {
    /// Binds an address, and lets connections queue there: the first of those given that can be bound.
    ///
    /// Port 0 stands for a free one: see [`local_addr`](Self::local_addr). A port that was in use a
    /// moment ago may be used again (`SO_REUSEADDR`). Waits only if a name has to be looked up.
    ///
    /// # Errors
    ///
    /// If none can be bound, and where [`ToAddrs::to_addrs`] fails.
    #[track_caller]
    pub fn bind(addrs: impl ToAddrs) -> io::Result<Self> {
        first_of(addrs, "bind", |addr| Self::from_std(listen(addr)?))
    }

    /// Sets the time to live of the packets of connections from now on, in hops.
    ///
    /// # Errors
    ///
    /// If the system refuses.
    pub fn set_ttl(&self, hops: u32) -> io::Result<()> {
        self.entrance.get().set_ttl(hops)
    }

    /// The time to live of packets, in hops.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn ttl(&self) -> io::Result<u32> {
        self.entrance.get().ttl()
    }
}

/// Listeners within one machine.
impl Listener<unix::UnixListener> {
    /// Makes a socket at a path, and lets connections queue there.
    ///
    /// # Errors
    ///
    /// If there is a file already, be it left by a listener that is gone
    /// ([`AddrInUse`](io::ErrorKind::AddrInUse)), and if no file can be made there.
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
        let bound = unix::UnixListener::bind_addr(addr).and_then(Self::from_std);
        bound.map_err(|error| cannot("bind", name_of(addr), error))
    }
}

fn listen(addr: net::SocketAddr) -> io::Result<net::TcpListener> {
    let kind = Type::STREAM;
    let socket = socket2::Socket::new(Domain::for_address(addr), kind, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    socket.listen(QUEUE)?;
    Ok(socket.into())
}

impl<L: StdListener> AsFd for Listener<L> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.entrance.get().as_fd()
    }
}

impl<L: StdListener> AsRawFd for Listener<L> {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
    }
}

impl<L: StdListener> From<Listener<L>> for OwnedFd {
    /// The descriptor, in non-blocking mode.
    fn from(listener: Listener<L>) -> Self {
        listener.entrance.into_inner()
    }
}

impl<L: StdListener> fmt::Debug for Listener<L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entrance.fmt(out)
    }
}
