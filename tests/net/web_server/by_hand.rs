//! A client of our own: bytes over `std::net`, and no more HTTP than is needed to read an answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use super::{Answer, Client};

pub struct ByHand;

/// A server that does not answer fails the test, instead of holding it up.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn connect(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends these bytes, and reads whatever comes until the server hangs up.
pub fn say(server: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A request with what every request has.
fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Length: {length}\r\n"),
    };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: here\r\n{length}{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn read_answer(answers: &mut impl BufRead, method: &str) -> Answer {
    let mut lines = answers.lines().map(Result::unwrap);
    let status = lines.next().expect("the server answers");
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let value = |name: &str| {
        let mut values = headers.iter().filter_map(|line| line.strip_prefix(name));
        values.next().map(str::to_owned)
    };
    let length: u64 = value("Content-Length: ").unwrap().parse().unwrap();
    let mut body = Vec::new();
    if method != "HEAD" {
        answers.take(length).read_to_end(&mut body).unwrap();
        assert_eq!(body.len() as u64, length);
    }
    Answer {
        status: status[9..12].parse().unwrap(),
        length,
        kind: value("Content-Type: ").unwrap(),
        body,
        is_connection_new: false,
    }
}

impl Client for ByHand {
    fn get_all(&self, server: SocketAddr, paths: &[&str]) -> Vec<Answer> {
        let mut stream = connect(server);
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let ask = |path: &&str| {
            stream.write_all(&request("GET", path, "", b"")).unwrap();
            read_answer(&mut answers, "GET")
        };
        let mut all: Vec<_> = paths.iter().map(ask).collect();
        all[0].is_connection_new = true;
        all
    }

    fn ask(
        &self,
        server: SocketAddr,
        method: &str,
        path: &str,
        header: &str,
        body: &[u8],
    ) -> Answer {
        let mut stream = connect(server);
        let header = match header {
            "" => String::new(),
            _ => format!("{header}\r\n"),
        };
        let bytes = request(method, path, &header, body);
        // A server that refuses may hang up before it has all; the answer counts.
        _ = stream.write_all(&bytes);
        read_answer(&mut BufReader::new(stream), method)
    }

    fn get_at_once(&self, server: SocketAddr, path: &str, count: usize) -> Vec<u16> {
        thread::scope(|threads| {
            let ask = |_| threads.spawn(|| self.ask(server, "GET", path, "", b"").status);
            let asking: Vec<_> = (0..count).map(ask).collect();
            asking.into_iter().map(|it| it.join().unwrap()).collect()
        })
    }
}
