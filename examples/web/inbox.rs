//! An inbox: the requests on a stream, one after the other, however they are cut into pieces.

use std::io::{self, Read};

use coros::net::TcpStream;

use crate::request::{Request, parse};
use crate::response::Status;

/// How long the head of a request may be.
const LONGEST_HEAD: usize = 16 << 10;

pub struct Inbox<'s> {
    stream: &'s TcpStream,
    /// What has come, and belongs to no request that was handed out.
    unread: Vec<u8>,
    /// How much of a body is still to come, which goes nowhere.
    to_skip: u64,
}

/// What comes next.
pub enum Next {
    Request(Request),
    /// A request that cannot be understood; and so, neither can what follows it.
    Refused(Status),
    /// The guest has asked for everything.
    End,
}

impl<'s> Inbox<'s> {
    pub fn of(stream: &'s TcpStream) -> Self {
        Self {
            stream,
            unread: Vec::new(),
            to_skip: 0,
        }
    }

    /// Whether nothing of the next request has come.
    pub fn is_empty(&self) -> bool {
        self.unread.is_empty() && self.to_skip == 0
    }

    /// Waits for the next request, and for its body.
    pub fn next(&mut self) -> io::Result<Next> {
        loop {
            match parse(&self.unread) {
                Err(status) => return Ok(Next::Refused(status)),
                Ok(Some((request, length))) => {
                    self.unread.drain(..length);
                    self.to_skip = request.body;
                    return Ok(match self.skip()? {
                        true => Next::Request(request),
                        false => Next::Refused(Status::BAD_REQUEST),
                    });
                }
                Ok(None) if self.unread.len() >= LONGEST_HEAD => {
                    return Ok(Next::Refused(self.what_is_too_long()));
                }
                Ok(None) => {}
            }
            if !self.read()? {
                return Ok(match self.is_empty() {
                    true => Next::End,
                    false => Next::Refused(Status::BAD_REQUEST),
                });
            }
        }
    }

    fn what_is_too_long(&self) -> Status {
        match self.unread.contains(&b'\n') {
            true => Status::HEAD_TOO_LARGE,
            false => Status::TARGET_TOO_LONG,
        }
    }

    /// Takes what comes; says whether anything did.
    fn read(&mut self) -> io::Result<bool> {
        let mut bytes = [0; 4096];
        let length = self.stream.read(&mut bytes)?;
        self.unread.extend_from_slice(&bytes[..length]);
        Ok(length > 0)
    }

    /// Skips the body; says whether all of it came.
    fn skip(&mut self) -> io::Result<bool> {
        while self.to_skip > 0 {
            if self.unread.is_empty() && !self.read()? {
                return Ok(false);
            }
            let here = self.unread.len().min(self.to_skip as usize);
            self.unread.drain(..here);
            self.to_skip -= here as u64;
        }
        Ok(true)
    }
}
