//! TCP: streams of bytes between machines.

mod io;
mod listener;
mod options;
mod stream;

pub use listener::{Incoming, TcpListener};
pub use stream::TcpStream;
