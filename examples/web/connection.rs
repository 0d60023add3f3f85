//! A connection: requests come one after the other, and are answered in their order.

use std::io::{self, Read};
use std::net::Shutdown;
use std::time::Duration;

use coros::net::TcpStream;
use coros::{shield, timeout};

use crate::inbox::{Inbox, Next};
use crate::request::Connection;
use crate::response::{Response, Status};
use crate::site::Site;

/// How long an answer may take in all; one piece of it may not take longer than a request.
const LONGEST_ANSWER: Duration = Duration::from_secs(3600);
/// How much is read of what is not wanted, and for how long, so that the last answer arrives.
const LITTER: u64 = 1 << 20;
const FAREWELL: Duration = Duration::from_secs(1);

/// Answers all that a guest asks for; a request may take as long as the patience lasts.
pub fn converse(stream: &TcpStream, site: &Site, patience: Duration) -> io::Result<()> {
    // Answers go out as they are written: the system shall not wait for more.
    stream.set_nodelay(true)?;
    let mut inbox = Inbox::of(stream);
    loop {
        // The time is that of a whole request: each of its bytes may be quick, and there be no end of them.
        let next = match timeout(patience, || inbox.next()) {
            Ok(next) => next?,
            Err(_) if inbox.is_empty() => Next::End,
            Err(_) => Next::Refused(Status::TOO_SLOW),
        };
        match next {
            Next::End => return Ok(()),
            Next::Request(request) => {
                // What was begun is finished, also when the run is to end.
                let answer = || {
                    let response = site.answer(&request);
                    response.write(stream, request.connection, patience)
                };
                shield(LONGEST_ANSWER, answer)??;
                if request.connection == Connection::Close {
                    return part(stream);
                }
            }
            Next::Refused(status) => {
                Response::page(status).write(stream, Connection::Close, patience)?;
                return part(stream);
            }
        }
    }
}

/// Hangs up, and reads what the guest is still sending: of a stream that is closed before its end is
/// read, the system throws away also what it has not delivered.
fn part(stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    let mut rest = stream.take(LITTER);
    match timeout(FAREWELL, || io::copy(&mut rest, &mut io::sink())) {
        Ok(read) => read.map(drop),
        Err(_) => Ok(()),
    }
}
