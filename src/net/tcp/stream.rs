//! TCP streams: a connection, and its life.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use crate::net::connect::connect;
use crate::net::error::cannot;
use crate::net::socket::{Socket, zero_limit};
use crate::net::{ToAddrs, macros};
use crate::scope::timeout;

/// A TCP connection, as [`std::net::TcpStream`]; only the task waits.
///
/// [`Read`](io::Read) and [`Write`](io::Write) are those of `std`, for a shared one too: one task may
/// read while another writes. A second reader, or a second writer, is refused with
/// [`ResourceBusy`](io::ErrorKind::ResourceBusy). A read or a write that is broken off, by a timeout
/// say, did not happen: no byte is lost. Dropping it closes the connection.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use std::io::{BufRead, BufReader, Write};
/// use coros::net::{TcpListener, TcpStream};
/// use coros::{run, spawn};
///
/// run(|| {
///     let listener = TcpListener::bind("127.0.0.1:0").unwrap();
///     let addr = listener.local_addr().unwrap();
///     spawn(move || {
///         let (stream, _) = listener.accept()?;
///         for line in BufReader::new(&stream).lines() {
///             writeln!(&stream, "you said: {}", line?)?;
///         }
///         std::io::Result::Ok(())
///     });
///     let stream = TcpStream::connect(addr).unwrap();
///     writeln!(&stream, "hello").unwrap();
///     let mut answer = String::new();
///     BufReader::new(&stream).read_line(&mut answer).unwrap();
///     assert_eq!(answer, "you said: hello\n");
/// })
/// .unwrap();
/// ```
pub struct TcpStream {
    pub(super) socket: Socket<std::net::TcpStream>,
}

macros::sockets!(TcpStream of std::net::TcpStream, "tcp stream");

impl TcpStream {
    /// Waits until it is connected to one of the addresses.
    ///
    /// Of several they are tried in turn, IPv6 and IPv4 alternately, the next as soon as one fails and
    /// at the latest after 250 ms; the first that answers is taken, the other attempts are dropped.
    /// (RFC 8305, "Happy Eyeballs".)
    ///
    /// # Errors
    ///
    /// If none answers; the error names an address, and says why. Where [`ToAddrs::to_addrs`] fails,
    /// and if the wait is [interrupted](crate::Interrupted::of); then nothing is left of the attempts.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn connect(addrs: impl ToAddrs) -> io::Result<Self> {
        let source = connect(&addrs.to_addrs()?)?;
        Ok(Self {
            socket: Socket::of(source),
        })
    }

    /// As [`connect`](Self::connect), to one address and for as long as the duration.
    ///
    /// # Errors
    ///
    /// As [`connect`](Self::connect); [`TimedOut`](io::ErrorKind::TimedOut) if the time is over, and if
    /// it is zero.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn connect_timeout(addr: &SocketAddr, limit: Duration) -> io::Result<Self> {
        if limit.is_zero() {
            return Err(zero_limit());
        }
        timeout(limit, || Self::connect(addr)).unwrap_or_else(|_| {
            let late = io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no answer within {limit:?}"),
            );
            Err(cannot(format_args!("connect to {addr}"), late))
        })
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

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// If the system cannot say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().local_addr()
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// If it is not connected any more.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket.get().peer_addr()
    }
}
