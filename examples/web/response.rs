//! Responses: what is answered, and how it is written.

use std::fs::File;
use std::io::{self, Read, Write};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use coros::net::TcpStream;
use coros::{offload, timeout};

use crate::request::Connection;

/// How many bytes of a file are in memory at a time.
const PIECE: u64 = 64 << 10;

/// How an attempt to answer went, in the words of HTTP.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Status(pub u16, pub &'static str);

impl Status {
    pub const OK: Self = Self(200, "OK");
    pub const MOVED: Self = Self(301, "Moved Permanently");
    pub const BAD_REQUEST: Self = Self(400, "Bad Request");
    pub const NOT_FOUND: Self = Self(404, "Not Found");
    pub const NOT_ALLOWED: Self = Self(405, "Method Not Allowed");
    pub const TOO_SLOW: Self = Self(408, "Request Timeout");
    pub const TOO_LARGE: Self = Self(413, "Content Too Large");
    pub const TARGET_TOO_LONG: Self = Self(414, "URI Too Long");
    pub const HEAD_TOO_LARGE: Self = Self(431, "Request Header Fields Too Large");
    pub const BROKEN: Self = Self(500, "Internal Server Error");
    pub const NOT_IMPLEMENTED: Self = Self(501, "Not Implemented");
}

/// An answer that is still to be written.
pub struct Response {
    status: Status,
    header: Option<(&'static str, String)>,
    kind: &'static str,
    length: u64,
    body: Body,
}

enum Body {
    /// Its length is told, and it is not sent: what `HEAD` asks for.
    Withheld,
    Text(Vec<u8>),
    File(Arc<File>),
}

impl Response {
    /// A file, of which so many bytes are sent.
    pub fn file(file: File, length: u64, kind: &'static str) -> Self {
        Self {
            status: Status::OK,
            header: None,
            kind,
            length,
            body: Body::File(Arc::new(file)),
        }
    }

    /// A page that says no more than the status.
    pub fn page(status: Status) -> Self {
        let text = format!("{} {}\n", status.0, status.1);
        Self {
            status,
            header: None,
            kind: "text/plain; charset=utf-8",
            length: text.len() as u64,
            body: Body::Text(text.into_bytes()),
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.header = Some((name, value.into()));
        self
    }

    pub fn without_body(mut self) -> Self {
        self.body = Body::Withheld;
        self
    }

    /// Writes it. The guest may take so long to receive a piece, however many pieces there are.
    pub fn write(
        mut self,
        mut stream: &TcpStream,
        after: Connection,
        patience: Duration,
    ) -> io::Result<()> {
        // The head goes with the first piece of the body: in one packet, if both are short.
        let mut bytes = self.head(after).into_bytes();
        let mut left = match self.body {
            Body::Withheld => 0,
            Body::Text(_) | Body::File(_) => self.length,
        };
        loop {
            let piece = self.body.piece(left)?;
            left -= piece.len() as u64;
            bytes.extend(piece);
            timeout(patience, || stream.write_all(&bytes))??;
            if left == 0 {
                return Ok(());
            }
            bytes.clear();
        }
    }

    fn head(&self, after: Connection) -> String {
        let Status(code, phrase) = self.status;
        let (kind, length) = (self.kind, self.length);
        let connection = match after {
            Connection::KeepAlive => "keep-alive",
            Connection::Close => "close",
        };
        let mut head = format!(
            "HTTP/1.1 {code} {phrase}\r\n\
             Connection: {connection}\r\n\
             Content-Length: {length}\r\n\
             Content-Type: {kind}\r\n"
        );
        if let Some((name, value)) = &self.header {
            head += &format!("{name}: {value}\r\n");
        }
        head + "\r\n"
    }
}

impl Body {
    /// The next bytes, of those that are left.
    fn piece(&mut self, left: u64) -> io::Result<Vec<u8>> {
        match self {
            Self::Withheld => Ok(Vec::new()),
            Self::Text(text) => Ok(mem::take(text)),
            Self::File(file) => {
                let file = Arc::clone(file);
                offload(move || read_piece(&file, left.min(PIECE)))?
            }
        }
    }
}

/// Reads so many bytes; in a thread that may wait for a disk.
fn read_piece(file: &File, length: u64) -> io::Result<Vec<u8>> {
    let mut piece = Vec::with_capacity(length as usize);
    let read = file.take(length).read_to_end(&mut piece)?;
    match read as u64 == length {
        true => Ok(piece),
        // The guest was told another length: only the end of the connection can correct that.
        false => Err(io::Error::other("the file has shrunk while it was sent")),
    }
}
