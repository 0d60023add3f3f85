//! The demonstration: a guest who asks for this and that.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;

use coros::net::TcpStream;

const REQUESTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: here\r\n\r\n",
    "HEAD /style.css HTTP/1.1\r\nHost: here\r\n\r\n",
    "GET /hello%20world.txt HTTP/1.1\r\nHost: here\r\n\r\n",
    "GET /nowhere HTTP/1.1\r\nHost: here\r\n\r\n",
    "GET /../main.rs HTTP/1.1\r\nHost: here\r\n\r\n",
    "GET /%2e%2e/main.rs HTTP/1.1\r\nHost: here\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nwhat",
    "what?\r\n\r\n",
];

/// Asks all at once, and then reads the answers, which come in the same order.
pub fn ask_a_few_things(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let stream = TcpStream::connect(address)?;
    (&stream).write_all(REQUESTS.concat().as_bytes())?;
    let mut answers = BufReader::new(&stream);
    for request in REQUESTS {
        let line = request.lines().next().unwrap_or_default();
        let (status, length) = read_head(&mut answers)?;
        println!("{line:<36} {status}, {length} bytes");
        if !request.starts_with("HEAD") {
            io::copy(&mut answers.by_ref().take(length), &mut io::sink())?;
        }
    }
    Ok(())
}

/// The status of an answer, and how long its body is said to be.
fn read_head(answers: &mut impl BufRead) -> Result<(String, u64), Box<dyn Error>> {
    let mut lines = answers.lines();
    let first = lines.next().ok_or("no answer")??;
    let status = first.trim_start_matches("HTTP/1.1 ").to_owned();
    let mut length = 0;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            return Ok((status, length));
        }
        if let Some(digits) = line.strip_prefix("Content-Length: ") {
            length = digits.parse()?;
        }
    }
    Err("an answer without an end".into())
}
