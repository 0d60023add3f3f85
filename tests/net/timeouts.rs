//! Time limits end the wait alone: what was there before and what comes after is whole.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use coros::net::{TcpListener, TcpStream, UdpSocket, UnixDatagram};
use coros::{run, spawn, timeout, yield_now};

use crate::sockets::{Deaf, pair};

const SOON: Duration = Duration::from_millis(5);

#[test]
fn a_connect_that_nobody_answers_ends_in_time() {
    run(|| {
        let deaf = Deaf::new();
        let error = TcpStream::connect_timeout(&deaf.addr(), SOON).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let begins = format!("cannot connect to {}: ", deaf.addr());
        assert!(error.to_string().starts_with(&begins), "{error}");
        assert!(timeout(SOON, || TcpStream::connect(deaf.addr())).is_err());
    })
    .unwrap();
}

#[test]
fn a_connect_with_a_limit_connects() {
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let stream = TcpStream::connect_timeout(&addr, Duration::from_secs(60)).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addr);
        let error = TcpStream::connect_timeout(&addr, Duration::ZERO).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    })
    .unwrap();
}

#[test]
fn a_read_that_was_timed_out_has_taken_nothing() {
    run(|| {
        let (mut here, mut there) = pair();
        there.set_read_timeout(Some(SOON)).unwrap();
        assert_eq!(there.read_timeout().unwrap(), Some(SOON));
        let mut read: Vec<u8> = Vec::new();
        for part in [&b"one "[..], b"by ", b"one"] {
            let error = there.read(&mut [0; 9]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
            here.write_all(part).unwrap();
            let mut buffer = [0; 9];
            let count = there.read(&mut buffer).unwrap();
            read.extend(&buffer[..count]);
        }
        assert_eq!(read, b"one by one");
        assert_eq!(
            there
                .set_read_timeout(Some(Duration::ZERO))
                .unwrap_err()
                .kind(),
            ErrorKind::InvalidInput
        );
        there.set_read_timeout(None).unwrap();
        let reader = spawn(move || there.read(&mut [0; 9]));
        yield_now();
        drop(here);
        assert_eq!(reader.join().unwrap().unwrap(), 0);
    })
    .unwrap();
}

#[test]
fn an_accept_that_was_timed_out_leaves_the_next_connection_to_the_next() {
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(timeout(SOON, || listener.accept()).is_err());
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (_stream, from) = listener.accept().unwrap();
        assert_eq!(from, client.local_addr().unwrap());
    })
    .unwrap();
}

#[test]
fn a_loop_over_connections_ends_with_the_interruption() {
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut seen = Vec::new();
        let late = timeout(SOON, || {
            seen.extend(listener.incoming().map(|stream| stream.unwrap_err().kind()));
        });
        assert!(late.is_err());
        assert_eq!(seen, [ErrorKind::TimedOut]);
    })
    .unwrap();
}

#[test]
fn messages_have_their_limits_too() {
    run(|| {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        udp.set_read_timeout(Some(SOON)).unwrap();
        assert_eq!(
            udp.recv_from(&mut [0; 9]).unwrap_err().kind(),
            ErrorKind::TimedOut
        );
        let (here, there) = UnixDatagram::pair().unwrap();
        here.set_write_timeout(Some(SOON)).unwrap();
        let mut sent = 0u32;
        let error = loop {
            match here.send(&sent.to_ne_bytes()) {
                Ok(_) => sent += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        there.set_read_timeout(Some(SOON)).unwrap();
        for number in 0..sent {
            let mut room = [0; 4];
            assert_eq!(there.recv(&mut room).unwrap(), 4);
            assert_eq!(room, number.to_ne_bytes());
        }
        assert_eq!(
            there.recv(&mut [0; 9]).unwrap_err().kind(),
            ErrorKind::TimedOut
        );
    })
    .unwrap();
}
