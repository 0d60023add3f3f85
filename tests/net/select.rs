//! A task waits for a socket or for something else, whichever comes first; what loses did not happen.

use std::io::{Read, Write};
use std::time::Duration;

use coros::channel::bounded;
use coros::net::{TcpListener, TcpStream, UnixStream};
use coros::syscall::Sleep;
use coros::{run, select, spawn, yield_now};

use crate::sockets::pair;

#[test]
fn a_read_that_loses_has_taken_nothing() {
    run(|| {
        let (mut here, mut there) = pair();
        let (orders, inbox) = bounded(1);
        let waiter = spawn(move || {
            let mut buffer = [0; 9];
            let first = select! {
                order = inbox.receiving() => order.unwrap(),
                read = there.reading(&mut buffer) => panic!("{read:?}"),
            };
            assert_eq!(first, Ok("stop"));
            there.read_exact(&mut buffer[..5]).unwrap();
            buffer
        });
        yield_now();
        orders.send("stop").unwrap();
        yield_now();
        here.write_all(b"later").unwrap();
        assert_eq!(&waiter.join().unwrap()[..5], b"later");
    })
    .unwrap();
}

#[test]
fn a_read_that_wins_has_its_bytes() {
    run(|| {
        let (mut here, there) = UnixStream::pair().unwrap();
        here.write_all(b"now").unwrap();
        let mut buffer = [0; 9];
        let read = select! {
            biased;
            slept = Sleep(Duration::from_secs(3600)) => panic!("{slept:?}"),
            read = there.reading(&mut buffer) => read.unwrap(),
        };
        assert_eq!(read, Ok(3));
        let written = select! {
            written = there.writing(b"back") => written.unwrap(),
            slept = Sleep(Duration::from_secs(3600)) => panic!("{slept:?}"),
        };
        assert_eq!(written, Ok(4));
    })
    .unwrap();
}

#[test]
fn a_server_listens_at_two_places_with_one_task() {
    run(|| {
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let addrs = listeners.each_ref().map(|it| it.local_addr().unwrap());
        let server = spawn(move || {
            let mut served = Vec::new();
            while served.len() < 4 {
                let which = select! {
                    accepted = listeners[0].accepting() => (0, accepted.unwrap()).0,
                    accepted = listeners[1].accepting() => (1, accepted.unwrap()).0,
                };
                served.push(which.unwrap());
            }
            served.sort_unstable();
            served
        });
        for addr in [addrs[0], addrs[1], addrs[1], addrs[0]] {
            TcpStream::connect(addr).unwrap();
        }
        assert_eq!(server.join().unwrap(), [0, 0, 1, 1]);
    })
    .unwrap();
}
