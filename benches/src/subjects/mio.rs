//! mio alone: an echo server as a loop by hand, edge-triggered, without tasks: the limit for those
//! who give each connection one.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use mio::event::Event;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Registry, Token};
use slab::Slab;

use super::{ANY_PORT, READ_ROOM};
use crate::wire::control::tell_address;

const LISTENER: Token = Token(usize::MAX);

struct Connection {
    stream: TcpStream,
    /// What the system would not take yet.
    unsent: Vec<u8>,
}

/// Whether a connection goes on.
#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

/// Sends everything back, on all connections, for ever.
pub fn echo() -> io::Result<()> {
    let mut poll = Poll::new()?;
    let address: SocketAddr = ANY_PORT.parse().expect("it is an address");
    let mut listener = TcpListener::bind(address)?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    tell_address(listener.local_addr());
    let mut events = Events::with_capacity(1024);
    let mut connections = Slab::new();
    let mut buffer = [0; READ_ROOM];
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            match event.token() {
                LISTENER => accept_all(&listener, poll.registry(), &mut connections)?,
                Token(key) => {
                    let Some(connection) = connections.get_mut(key) else {
                        continue;
                    };
                    // A connection that fails has ended, as one that is closed.
                    if connection.serve(event, &mut buffer).unwrap_or(Then::End) == Then::End {
                        connections.remove(key);
                    }
                }
            }
        }
    }
}

fn accept_all(
    listener: &TcpListener,
    registry: &Registry,
    connections: &mut Slab<Connection>,
) -> io::Result<()> {
    loop {
        let mut stream = match listener.accept() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            accepted => accepted?.0,
        };
        stream.set_nodelay(true)?;
        let entry = connections.vacant_entry();
        let both = Interest::READABLE | Interest::WRITABLE;
        registry.register(&mut stream, Token(entry.key()), both)?;
        entry.insert(Connection {
            stream,
            unsent: Vec::new(),
        });
    }
}

impl Connection {
    fn serve(&mut self, event: &Event, buffer: &mut [u8]) -> io::Result<Then> {
        let was_full = !self.unsent.is_empty();
        if was_full {
            let unsent = std::mem::take(&mut self.unsent);
            self.send(&unsent)?;
        }
        // What came while it was full had its event then.
        match self.unsent.is_empty() && (was_full || event.is_readable()) {
            true => self.receive(buffer),
            false => Ok(Then::GoOn),
        }
    }

    /// Reads until nothing is left: a short read says so, and saves asking once more.
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<Then> {
        loop {
            let count = match self.stream.read(buffer) {
                Ok(0) => return Ok(Then::End),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Then::GoOn),
                count => count?,
            };
            self.send(&buffer[..count])?;
            // Who does not take what is sent back is not read from.
            if count < buffer.len() || !self.unsent.is_empty() {
                return Ok(Then::GoOn);
            }
        }
    }

    /// Sends what the system takes, and keeps the rest.
    fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                count => bytes = &bytes[count?..],
            }
        }
        self.unsent.extend_from_slice(bytes);
        Ok(())
    }
}
