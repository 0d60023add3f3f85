//! TCP as in `std::net`, and only the task waits.

use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use coros::net::{TcpListener, TcpStream};
use coros::{run, spawn, yield_now};

/// Two ends of a connection.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (there, from) = listener.accept().unwrap();
    assert_eq!(from, here.local_addr().unwrap());
    (here, there)
}

#[test]
fn what_is_written_is_read_while_other_tasks_run() {
    run(|| {
        let (mut here, mut there) = pair();
        let reader = spawn(move || {
            let mut read = [0; 11];
            there.read_exact(&mut read).unwrap();
            read
        });
        for part in [&b"hello"[..], b" ", b"world"] {
            yield_now();
            here.write_all(part).unwrap();
        }
        assert_eq!(&reader.join().unwrap(), b"hello world");
    })
    .unwrap();
}

#[test]
fn more_than_the_buffers_hold_goes_both_ways_at_once() {
    const MUCH: usize = 8 << 20;
    run(|| {
        let (here, there) = pair();
        let ends = [here, there].map(std::rc::Rc::new);
        let writers = ends.clone().map(|end| {
            spawn(move || {
                let bytes: Vec<u8> = (0..MUCH).map(|at| (at % 251) as u8).collect();
                (&*end).write_all(&bytes).unwrap();
                end.shutdown(Shutdown::Write).unwrap();
            })
        });
        let readers = ends.map(|end| {
            spawn(move || {
                let mut read = Vec::new();
                (&*end).read_to_end(&mut read).unwrap();
                assert_eq!(read.len(), MUCH);
                let is_right = |(at, byte): (usize, &u8)| *byte == (at % 251) as u8;
                assert!(read.iter().enumerate().all(is_right));
            })
        });
        writers.iter().for_each(|writer| writer.join().unwrap());
        readers.iter().for_each(|reader| reader.join().unwrap());
    })
    .unwrap();
}

#[test]
fn parts_are_written_and_read_in_one_go() {
    run(|| {
        let (mut here, mut there) = pair();
        let parts = [IoSlice::new(b"ab"), IoSlice::new(b"cde")];
        assert_eq!(here.write_vectored(&parts).unwrap(), 5);
        let (mut first, mut second) = ([0; 3], [0; 4]);
        let mut into = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        assert_eq!(there.read_vectored(&mut into).unwrap(), 5);
        assert_eq!((&first, &second[..2]), (b"abc", &b"de"[..]));
    })
    .unwrap();
}

#[test]
fn a_peek_takes_nothing() {
    run(|| {
        let (mut here, mut there) = pair();
        here.write_all(b"once").unwrap();
        let mut seen = [0; 10];
        assert_eq!(there.peek(&mut seen).unwrap(), 4);
        assert_eq!(there.peek(&mut seen).unwrap(), 4);
        assert_eq!(there.read(&mut seen).unwrap(), 4);
        there
            .set_read_timeout(Some(Duration::from_millis(1)))
            .unwrap();
        assert_eq!(
            there.peek(&mut seen).unwrap_err().kind(),
            ErrorKind::TimedOut
        );
    })
    .unwrap();
}

#[test]
fn options_are_what_they_were_set_to() {
    run(|| {
        let (stream, _other) = pair();
        stream.set_nodelay(true).unwrap();
        stream.set_ttl(17).unwrap();
        stream.set_linger(Some(Duration::ZERO)).unwrap();
        stream.set_keepalive(Some(Duration::from_secs(9))).unwrap();
        stream.set_recv_buffer_size(64 << 10).unwrap();
        stream.set_send_buffer_size(64 << 10).unwrap();
        assert!(stream.nodelay().unwrap());
        assert_eq!(stream.ttl().unwrap(), 17);
        assert_eq!(stream.linger().unwrap(), Some(Duration::ZERO));
        assert_eq!(stream.keepalive().unwrap(), Some(Duration::from_secs(9)));
        assert!(stream.recv_buffer_size().unwrap() >= 64 << 10);
        assert!(stream.send_buffer_size().unwrap() >= 64 << 10);
        stream.set_keepalive(None).unwrap();
        assert_eq!(stream.keepalive().unwrap(), None);
        assert!(stream.take_error().unwrap().is_none());
    })
    .unwrap();
}

#[test]
fn each_connection_that_comes_is_handed_out_in_turn() {
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let clients = (0..20u8).map(|number| {
            spawn(move || {
                let mut stream = TcpStream::connect(addr).unwrap();
                stream.write_all(&[number]).unwrap();
                let mut answer = [0];
                stream.read_exact(&mut answer).unwrap();
                assert_eq!(answer, [number + 1]);
            })
        });
        let clients: Vec<_> = clients.collect();
        for stream in listener.incoming().take(20) {
            spawn(move || {
                let mut stream = stream.unwrap();
                let mut asked = [0];
                stream.read_exact(&mut asked).unwrap();
                stream.write_all(&[asked[0] + 1]).unwrap();
            });
        }
        clients.iter().for_each(|client| client.join().unwrap());
    })
    .unwrap();
}
