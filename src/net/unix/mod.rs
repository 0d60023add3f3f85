//! Unix sockets: between processes of one machine, by paths in the file system.

mod datagram;
mod io;
mod listener;
mod stream;

pub use datagram::UnixDatagram;
pub use listener::{UnixIncoming, UnixListener};
pub use stream::UnixStream;

use std::os::unix::net::SocketAddr;

/// An address for messages: most have none.
fn name_of(addr: &SocketAddr) -> String {
    let path = addr.as_pathname();
    path.map_or_else(|| format!("{addr:?}"), |path| path.display().to_string())
}
