//! TCP listeners: where connections come in.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use socket2::{Domain, Protocol, SockRef, Type};

use super::TcpStream;
use crate::kernel::{SystemCall, spend, spend_on_reading};
use crate::net::accept::{Entrance, Listener};
use crate::net::connect::no_address;
use crate::net::error::cannot;
use crate::net::{ToAddrs, macros};

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
pub struct TcpListener {
    // The one of `mio`, since it accepts connections in non-blocking mode with a single system call.
    pub(super) entrance: Entrance<mio::net::TcpListener>,
}

impl TcpListener {
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
        spend();
        let mut failed = None;
        for addr in addrs.to_addrs()?.iter() {
            match listen(*addr) {
                Ok(listener) => return Self::from_std(listener),
                Err(error) => failed = Some(cannot(format_args!("bind {addr}"), error)),
            }
        }
        Err(failed.unwrap_or_else(no_address))
    }

    /// Waits until somebody has connected; gives the connection, and where it comes from.
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
    pub fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.entrance.accept()
    }

    /// The call that [`accept`](Self::accept) makes: to be yielded, or raced against others.
    #[must_use = "a call does nothing until it is made"]
    pub fn accepting(
        &self,
    ) -> impl SystemCall<Reply = io::Result<(TcpStream, SocketAddr)>> + use<'_> {
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
    pub fn incoming(&self) -> Incoming<'_> {
        Incoming {
            listener: self,
            ended: false,
        }
    }

    /// Closes it: whoever waits here gets an error, and whoever connects from now on is refused, or as
    /// soon as it is dropped where the system cannot do so before. That goes for all that share the
    /// socket, other processes too; to let go of a share, drop it.
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
    pub fn from_std(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self {
            entrance: Entrance::new("tcp listener", mio::net::TcpListener::from_std(listener)),
        })
    }

    /// Gives the listener back, in blocking mode, as `std` makes them.
    ///
    /// # Errors
    ///
    /// If it cannot be put into that mode.
    pub fn into_std(self) -> io::Result<std::net::TcpListener> {
        let listener = std::net::TcpListener::from(OwnedFd::from(self.entrance.into_inner()));
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
        Self::from_std(shared.into())
    }
}

macros::descriptors!(TcpListener, entrance);

fn listen(addr: SocketAddr) -> io::Result<std::net::TcpListener> {
    let kind = Type::STREAM;
    let socket = socket2::Socket::new(Domain::for_address(addr), kind, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&addr.into())?;
    socket.listen(QUEUE)?;
    Ok(socket.into())
}

impl Listener for mio::net::TcpListener {
    type Accepted = (TcpStream, SocketAddr);

    #[inline]
    fn take(&self) -> io::Result<Self::Accepted> {
        let (stream, from) = self.accept()?;
        Ok((TcpStream::of(OwnedFd::from(stream).into()), from))
    }

    fn place(&self) -> String {
        let addr = self.local_addr();
        addr.map_or_else(|_| "a TCP listener".into(), |addr| addr.to_string())
    }
}

/// All connections that come to a [`TcpListener`]; see [`incoming`](TcpListener::incoming).
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[derive(Debug)]
pub struct Incoming<'l> {
    listener: &'l TcpListener,
    ended: bool,
}

impl Iterator for Incoming<'_> {
    type Item = io::Result<TcpStream>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        let listener = self.listener;
        let accept = || Ok(listener.accept()?.0);
        listener.entrance.next(&mut self.ended, accept)
    }
}

impl std::iter::FusedIterator for Incoming<'_> {}
