//! A client that sends one byte at a time holds up nobody.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;

use coros::net::{TcpListener, TcpStream};
use coros::sync::Event;
use coros::{Builder, run, spawn, yield_now};

use crate::sockets;

const GOOD: usize = 1000;

/// Answers a line with the same line.
fn serve(stream: &TcpStream) {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    (&mut &*stream).write_all(line.as_bytes()).unwrap();
}

fn ask_at_once(addr: SocketAddr) {
    let stream = TcpStream::connect(addr).unwrap();
    (&stream).write_all(b"quick\n").unwrap();
    assert_eq!(answer(&stream), "quick\n");
}

/// Sends half of its line byte by byte, and the other when the good ones have been served.
fn ask_slowly(addr: SocketAddr, begun: &Event, others_served: &Event) {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_nodelay(true).unwrap();
    for (at, byte) in b"slowly\n".iter().enumerate() {
        (&stream).write_all(&[*byte]).unwrap();
        if at == 3 {
            begun.set();
            others_served.wait().unwrap();
        }
        yield_now();
    }
    assert_eq!(answer(&stream), "slowly\n");
}

fn answer(stream: &TcpStream) -> String {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line
}

#[test]
fn a_thousand_good_clients_are_served_while_a_slow_one_is_in_the_middle() {
    assert!(sockets::raise_file_limit() > 2 * GOOD as u64 + 100);
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        Builder::new().daemon(true).spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                spawn(move || serve(&stream));
            }
        });
        let (begun, others_served) = (Event::new(), Event::new());
        let slow = spawn({
            let (begun, others_served) = (begun.clone(), others_served.clone());
            move || ask_slowly(addr, &begun, &others_served)
        });
        begun.wait().unwrap();
        let good: Vec<_> = (0..GOOD)
            .map(|_| spawn(move || ask_at_once(addr)))
            .collect();
        good.iter().for_each(|client| client.join().unwrap());
        assert!(!slow.is_finished(), "it has not sent its line yet");
        others_served.set();
        slow.join().unwrap();
    })
    .unwrap();
}
