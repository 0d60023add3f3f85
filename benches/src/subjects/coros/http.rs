//! A web server of coros's tasks: httparse, and plain reads and writes.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use coros::net::TcpStream;
use coros::sleep;
use httparse::{EMPTY_HEADER, Request, Status};

use super::net::{scheduler, serve};
use crate::subjects::HELLO;

/// The longest request, and the most headers of one.
const LONGEST: usize = 8 << 10;
const MOST_HEADERS: usize = 64;

/// The date as headers tell it; right to the second.
type Date = Rc<RefCell<String>>;

/// Answers all requests on all connections, for ever.
pub fn http() -> io::Result<()> {
    let date = Date::default();
    let mut sched = scheduler();
    let keeper = Rc::clone(&date);
    drop(sched.spawn(move || keep(&keeper)));
    serve(sched, move |stream| _ = answer_all(stream, &date))
}

/// Sets the date, once a second.
fn keep(date: &Date) {
    loop {
        *date.borrow_mut() = httpdate::fmt_http_date(SystemTime::now());
        sleep(Duration::from_secs(1)).expect("nobody interrupts it");
    }
}

fn answer_all(mut stream: TcpStream, date: &Date) -> io::Result<()> {
    let mut asked = vec![0; LONGEST];
    let mut answers = Vec::new();
    let mut filled = 0;
    loop {
        filled += match stream.read(&mut asked[filled..])? {
            0 => return Ok(()),
            count => count,
        };
        let mut used = 0;
        while let Some((length, then)) = read_request(&asked[used..filled])? {
            used += length;
            append_answer(&mut answers, &date.borrow());
            if then == Then::Close {
                return stream.write_all(&answers);
            }
        }
        stream.write_all(&answers)?;
        answers.clear();
        asked.copy_within(used..filled, 0);
        filled -= used;
    }
}

/// What is to be done with a connection after an answer.
#[derive(PartialEq, Eq)]
enum Then {
    KeepAlive,
    Close,
}

/// How long the first request is, if it is whole.
fn read_request(bytes: &[u8]) -> io::Result<Option<(usize, Then)>> {
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut request = Request::new(&mut headers);
    let Status::Complete(length) = request.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let mut then = match request.version {
        Some(1) => Then::KeepAlive,
        _ => Then::Close,
    };
    for header in request.headers {
        let is = |name| header.name.eq_ignore_ascii_case(name);
        if is("content-length") || is("transfer-encoding") {
            return Err(io::Error::other(
                "a request with a body is not for this server",
            ));
        }
        if is("connection") && header.value.eq_ignore_ascii_case(b"close") {
            then = Then::Close;
        }
    }
    Ok(Some((length, then)))
}

fn append_answer(answers: &mut Vec<u8>, date: &str) {
    answers.extend_from_slice(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ");
    write!(answers, "{}", HELLO.len()).expect("there is memory");
    answers.extend_from_slice(b"\r\ndate: ");
    answers.extend_from_slice(date.as_bytes());
    answers.extend_from_slice(b"\r\n\r\n");
    answers.extend_from_slice(HELLO);
}
