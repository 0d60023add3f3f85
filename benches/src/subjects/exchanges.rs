//! What is asked of servers, and how their answers are known.

use std::io;

use httparse::{EMPTY_HEADER, Response, Status};

use super::HELLO;
use crate::wire::Exchange;

/// What an echo server is to send back.
const MESSAGE: &[u8; 64] = b"64 bytes that go there and come back as they were, line's end in.\n"
    .first_chunk()
    .expect("it is longer");

pub fn echo() -> Exchange {
    Exchange {
        question: MESSAGE.to_vec(),
        measure: |come| match come {
            come if come.len() < MESSAGE.len() => Ok(None),
            come if come == MESSAGE => Ok(Some(come.len())),
            _ => Err(io::Error::other("the bytes came back changed")),
        },
        is_answer: |come| MESSAGE.starts_with(come),
    }
}

pub fn http() -> Exchange {
    Exchange {
        question: b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
        measure: measure_page,
        is_answer: |come| come.starts_with(b"HTTP/1.1 200 OK\r\n"),
    }
}

/// Looks at all of an answer: status, length, a date, the page itself.
fn measure_page(come: &[u8]) -> io::Result<Option<usize>> {
    let mut headers = [EMPTY_HEADER; 16];
    let mut response = Response::new(&mut headers);
    let Status::Complete(head) = response.parse(come).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let header = |name: &str| {
        let mut all = response.headers.iter();
        let found = all.find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let has_date = header("date").is_some_and(|date| httpdate::parse_http_date(date).is_ok());
    let length = header("content-length").and_then(|length| length.parse().ok());
    if response.code != Some(200) || !has_date || length != Some(HELLO.len()) {
        return Err(io::Error::other("an answer is not what it should be"));
    }
    match &come[head..] {
        page if page.len() < HELLO.len() => Ok(None),
        HELLO => Ok(Some(come.len())),
        _ => Err(io::Error::other("another page came")),
    }
}
