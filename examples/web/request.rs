//! Requests: what a guest asks for, and what is wrong with it.

use crate::response::Status;

/// How many lines a head may have.
const HEADERS: usize = 64;
/// How long a body may be. This server needs none; a short one is read and forgotten.
const LONGEST_BODY: u64 = 64 << 10;

/// A request, as far as this server is interested.
#[derive(Debug, PartialEq)]
pub struct Request {
    pub method: Method,
    /// The path, as it came: still encoded, without what stands behind a question mark.
    pub path: String,
    /// How long the body is that follows.
    pub body: u64,
    pub connection: Connection,
}

/// What becomes of the connection after the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Connection {
    KeepAlive,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    Get,
    Head,
    Other,
}

/// Understands the head at the beginning of these bytes, and says how long it is; `None` if there is
/// more to come.
pub fn parse(bytes: &[u8]) -> Result<Option<(Request, usize)>, Status> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Status::HEAD_TOO_LARGE),
        Err(_) => return Err(Status::BAD_REQUEST),
    };
    Ok(Some((understand(&head)?, length)))
}

fn understand(head: &httparse::Request) -> Result<Request, Status> {
    let is_new = head.version == Some(1);
    let hosts = values(head, "host").count();
    if hosts > 1 || (is_new && hosts == 0) {
        return Err(Status::BAD_REQUEST);
    }
    let words = || values(head, "connection").flat_map(|value| value.split(|b| *b == b','));
    let says = |word: &str| words().any(|it| it.trim_ascii().eq_ignore_ascii_case(word.as_bytes()));
    let body = body_length(head)?;
    // A client that waits to be asked for the body gets an answer instead; what it sends next is not known.
    let waits = values(head, "expect").next().is_some();
    Ok(Request {
        method: match head.method {
            Some("GET") => Method::Get,
            Some("HEAD") => Method::Head,
            _ => Method::Other,
        },
        path: path_of(head.path.unwrap_or_default())?.to_owned(),
        body: if waits { 0 } else { body },
        connection: match !waits && !says("close") && (is_new || says("keep-alive")) {
            true => Connection::KeepAlive,
            false => Connection::Close,
        },
    })
}

/// The path in a target, which for a proxy begins with `http://` and a name.
fn path_of(target: &str) -> Result<&str, Status> {
    let target = match target.strip_prefix("http://") {
        Some(rest) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    };
    let path = target.split(['?', '#']).next().unwrap_or_default();
    match path.starts_with('/') {
        true => Ok(path),
        false => Err(Status::BAD_REQUEST),
    }
}

/// How long the body is. If two could disagree about that, one would take a part of the body for the next
/// request; so whatever is not plain is refused.
fn body_length(head: &httparse::Request) -> Result<u64, Status> {
    let mut lengths = values(head, "content-length");
    let length = lengths.next();
    if values(head, "transfer-encoding").next().is_some() {
        return Err(match length {
            Some(_) => Status::BAD_REQUEST,
            None => Status::NOT_IMPLEMENTED,
        });
    }
    match length {
        None => Ok(0),
        Some(_) if lengths.next().is_some() => Err(Status::BAD_REQUEST),
        Some(digits) if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) => {
            Err(Status::BAD_REQUEST)
        }
        Some(digits) => str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .filter(|length| *length <= LONGEST_BODY)
            .ok_or(Status::TOO_LARGE),
    }
}

fn values<'h>(head: &'h httparse::Request, name: &str) -> impl Iterator<Item = &'h [u8]> {
    let named = move |it: &&httparse::Header<'h>| it.name.eq_ignore_ascii_case(name);
    head.headers.iter().filter(named).map(|header| header.value)
}
