//! The load: connections each of which asks again as soon as it has its answer.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Socket, Type};

/// Connections from one address; each address has some 28,000 ports for them.
const PER_ADDRESS: usize = 10_000;

/// How long a server may take for anything before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(10);

/// More than any answer.
const ROOM: usize = 4096;

/// What is asked, and how an answer is known.
pub struct Exchange {
    pub question: Vec<u8>,
    /// Judges the bytes that have come: how long the answer is, or that it is not whole yet.
    pub measure: fn(&[u8]) -> io::Result<Option<usize>>,
    /// Whether what begins so is the answer; a short look, each time.
    pub is_answer: fn(&[u8]) -> bool,
}

/// Connections on which questions can be asked.
pub struct Load {
    poll: Poll,
    events: Events,
    lines: Vec<Line>,
    question: Vec<u8>,
    is_answer: fn(&[u8]) -> bool,
}

struct Line {
    stream: mio::net::TcpStream,
    /// How long each answer is, and how much of the next one is still to come.
    answer: usize,
    missing: usize,
}

impl Load {
    /// Opens connections one after the other; each has its first answer before the next is opened.
    pub fn open(to: SocketAddr, connections: usize, exchange: &Exchange) -> io::Result<Self> {
        let poll = Poll::new()?;
        let lines = (0..connections)
            .map(|at| {
                let (stream, answer) = connect(to, at, exchange)?;
                stream.set_nonblocking(true)?;
                let mut stream = mio::net::TcpStream::from_std(stream);
                poll.registry()
                    .register(&mut stream, Token(at), Interest::READABLE)?;
                Ok(Line {
                    stream,
                    answer,
                    missing: answer,
                })
            })
            .collect::<io::Result<_>>()?;
        Ok(Self {
            poll,
            events: Events::with_capacity(1024),
            lines,
            question: exchange.question.clone(),
            is_answer: exchange.is_answer,
        })
    }

    /// Asks on all connections.
    pub fn begin(&mut self) -> io::Result<()> {
        let ask = |line: &mut Line| line.stream.write_all(&self.question);
        self.lines.iter_mut().try_for_each(ask)
    }

    /// Asks wherever an answer has come, for so long; says how many came.
    pub fn go_on(&mut self, time: Duration) -> io::Result<u64> {
        let until = Instant::now() + time;
        let mut answers = 0;
        while Instant::now() < until {
            self.poll.poll(&mut self.events, Some(PATIENCE))?;
            if self.events.is_empty() {
                return Err(io::Error::other("the server gave no answer for 10 seconds"));
            }
            for event in &self.events {
                let line = &mut self.lines[event.token().0];
                if line.has_its_answer(self.is_answer)? {
                    line.stream.write_all(&self.question)?;
                    answers += 1;
                }
            }
        }
        Ok(answers)
    }
}

impl Line {
    /// Reads what has come. A question is asked only when nothing is left to read, so each arrival
    /// is an event of its own.
    fn has_its_answer(&mut self, is_answer: fn(&[u8]) -> bool) -> io::Result<bool> {
        let mut buffer = [0; ROOM];
        let count = match self.stream.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Ok(0) => return Err(io::Error::other("the server closed a connection")),
            count => count?,
        };
        let begins = self.missing == self.answer;
        if count > self.missing || begins && !is_answer(&buffer[..count]) {
            return Err(wrong(&buffer[..count]));
        }
        self.missing -= count;
        let is_whole = self.missing == 0;
        if is_whole {
            self.missing = self.answer;
        }
        Ok(is_whole)
    }
}

fn wrong(answer: &[u8]) -> io::Error {
    let text = String::from_utf8_lossy(answer);
    io::Error::other(format!("the server answered {text:?}"))
}

/// Connects, asks once, and waits for the answer; says how long that is.
fn connect(to: SocketAddr, at: usize, exchange: &Exchange) -> io::Result<(TcpStream, usize)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    if at >= PER_ADDRESS {
        let host = u8::try_from(at / PER_ADDRESS + 1).map_err(io::Error::other)?;
        let from = SocketAddr::from((Ipv4Addr::new(127, 0, 0, host), 0));
        socket.bind(&from.into())?;
    }
    socket.connect(&to.into())?;
    socket.set_tcp_nodelay(true)?;
    // What is closed leaves no port behind that is taken for minutes.
    socket.set_linger(Some(Duration::ZERO))?;
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&exchange.question)?;
    let mut come = Vec::new();
    loop {
        if let Some(answer) = (exchange.measure)(&come)? {
            return Ok((stream, answer));
        }
        let mut buffer = [0; ROOM];
        match stream.read(&mut buffer)? {
            0 => return Err(wrong(&come)),
            count => come.extend_from_slice(&buffer[..count]),
        }
    }
}
