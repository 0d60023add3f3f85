//! The network: sockets with the face of [`std::net`], which block the task alone. Floor 3.
//!
//! | to | see |
//! |---|---|
//! | talk to another machine, byte by byte | [`TcpListener`], [`TcpStream`] |
//! | send it single messages | [`UdpSocket`] |
//! | talk to another process here | [`UnixListener`], [`UnixStream`], [`UnixDatagram`] |
//! | read in one task, write in another | `split` and `into_split`, or an `Rc`: `&TcpStream` reads and writes |
//! | know what all of these can do | [`Socket`], [`Listener`]: the others are names for them |
//! | give a wait a limit | `set_read_timeout`, `set_write_timeout`, or [`timeout`](crate::timeout) around it |
//! | wait for it or something else | [`select!`](macro@crate::select) on the calls: `accepting`, `reading`, `writing` |
//! | use an address or a name | [`ToAddrs`] |
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! A program that uses `std::net` in threads becomes one of tasks by another import:
//!
//! ```
//! use std::io::{self, BufRead, BufReader, Write};
//! use coros::net::{TcpListener, TcpStream};
//! use coros::{run, spawn};
//!
//! let greeted = run(|| -> Result<(), Box<dyn std::error::Error>> {
//!     let listener = TcpListener::bind("127.0.0.1:0")?;
//!     let addr = listener.local_addr()?;
//!     let clients = ["ada", "grace"].map(|name| spawn(move || greet(addr, name)));
//!     for stream in listener.incoming().take(2) {
//!         let stream = stream?;
//!         spawn(move || answer(&stream));
//!     }
//!     let [ada, grace] = clients.map(|client| client.join());
//!     assert_eq!([ada??, grace??], ["hello, ada\n", "hello, grace\n"]);
//!     Ok(())
//! });
//! assert!(greeted.unwrap().is_ok());
//!
//! fn answer(mut stream: &TcpStream) -> io::Result<()> {
//!     let mut name = String::new();
//!     BufReader::new(stream).read_line(&mut name)?;
//!     write!(stream, "hello, {name}")
//! }
//!
//! fn greet(addr: std::net::SocketAddr, name: &str) -> io::Result<String> {
//!     let stream = TcpStream::connect(addr)?;
//!     writeln!(&stream, "{name}")?;
//!     io::read_to_string(&stream)
//! }
//! ```
//!
//! A socket may be made anywhere, also before the scheduler runs; it belongs to the scheduler in which a
//! task first has to wait for it, until that ends. In each direction one task waits at a time. What has
//! been broken off, by a time limit, a cancellation or a kill, did not happen: no byte was taken and none
//! sent, no connection lost. (`write_all` and `read_exact` are several writes and reads, so they may be
//! broken off in the middle, and cannot say where.)
//!
//! In virtual time, a time limit is over as soon as no task here has anything to do: the network gets no
//! time at all.

mod accept;
mod addrs;
mod connect;
mod datagram;
mod error;
mod family;
mod half;
mod limit;
mod listener;
mod options;
mod socket;
mod stream;

pub use accept::{Incoming, UnixIncoming};
pub use addrs::{Addrs, ToAddrs};
pub use datagram::{UdpSocket, UnixDatagram};
pub use half::{Duplex, OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
pub use listener::{Listener, TcpListener, UnixListener};
pub use socket::Socket;
pub use stream::{TcpStream, UnixStream};
