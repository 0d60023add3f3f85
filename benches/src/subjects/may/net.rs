//! may's sockets, each served by a coroutine.

use std::io::{self, Read, Write};

use may::net::{TcpListener, TcpStream};

use super::{May, spawn};
use crate::subjects::{ANY_PORT, READ_ROOM};
use crate::wire::control::tell_address;

impl May {
    /// Sends everything back, on all connections, for ever.
    pub fn echo(&self) -> io::Result<()> {
        // Its worker stays where this process is pinned.
        may::config().set_worker_pin(false);
        let accept = spawn(|| -> io::Result<()> {
            let listener = TcpListener::bind(ANY_PORT)?;
            tell_address(listener.local_addr());
            loop {
                let (stream, _) = listener.accept()?;
                stream.set_nodelay(true)?;
                drop(spawn(move || echo_all(stream)));
            }
        });
        accept.join().expect("the accepting coroutine returns")
    }
}

fn echo_all(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; READ_ROOM];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count])?,
        }
    }
}
