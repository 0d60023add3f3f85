//! What the tests of the network share.

use std::net::SocketAddr;

use coros::net::{TcpListener, TcpStream};
use rustix::process::{Resource, getrlimit, setrlimit};
use socket2::{Domain, Socket, Type};

/// Two ends of a TCP connection.
pub fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (there, from) = listener.accept().unwrap();
    assert_eq!(from, here.local_addr().unwrap());
    (here, there)
}

/// Lets the process have as many descriptors as the system allows it; says how many.
pub fn raise_file_limit() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum.or(Some(1 << 20));
    setrlimit(Resource::Nofile, limit).unwrap();
    limit.current.unwrap()
}

/// A port that is taken, and on which nobody listens.
pub struct Reserved(Socket);

impl Reserved {
    pub fn new() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(&any.into()).unwrap();
        Self(socket)
    }

    pub fn addr(&self) -> SocketAddr {
        self.0.local_addr().unwrap().as_socket().unwrap()
    }
}

/// A listener whose queue is full, so that whoever connects gets no answer.
pub struct Deaf {
    listener: Reserved,
    _queue: Vec<std::net::TcpStream>,
}

impl Deaf {
    pub fn new() -> Self {
        let listener = Reserved::new();
        listener.0.listen(0).unwrap();
        // A queue of length zero holds one.
        let queue = vec![std::net::TcpStream::connect(listener.addr()).unwrap()];
        Self {
            listener,
            _queue: queue,
        }
    }

    pub fn addr(&self) -> SocketAddr {
        self.listener.addr()
    }
}
