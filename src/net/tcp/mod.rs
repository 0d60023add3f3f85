//! TCP: streams of bytes between machines.

mod incoming;
mod io;
mod listener;
mod options;
mod stream;

pub use incoming::Incoming;
pub use listener::TcpListener;
pub use stream::TcpStream;
