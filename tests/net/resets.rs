//! A connection that breaks in the middle of a read or a write is an error, there and then.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use coros::{run, spawn, yield_now};

use crate::sockets::pair;

#[test]
fn a_reset_ends_a_read_that_waits() {
    run(|| {
        let (here, mut there) = pair();
        let reader = spawn(move || there.read(&mut [0; 10]));
        yield_now();
        here.set_linger(Some(Duration::ZERO)).unwrap();
        drop(here);
        let error = reader.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    })
    .unwrap();
}

#[test]
fn a_reset_ends_a_write_that_waits() {
    run(|| {
        let (here, mut there) = pair();
        let writer = spawn(move || there.write_all(&vec![1; 64 << 20]));
        // It has come to wait once the other end has something to read, and takes no more of it.
        (&here).read_exact(&mut [0; 1000]).unwrap();
        (0..100).for_each(|_| yield_now());
        assert!(!writer.is_finished());
        here.set_linger(Some(Duration::ZERO)).unwrap();
        drop(here);
        let error = writer.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    })
    .unwrap();
}

#[test]
fn writing_to_one_who_is_gone_is_an_error() {
    run(|| {
        let (mut here, there) = pair();
        drop(there);
        let error = loop {
            match here.write_all(b"anybody?") {
                Ok(()) => yield_now(),
                Err(error) => break error,
            }
        };
        let gone = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
        assert!(gone.contains(&error.kind()), "{error}");
    })
    .unwrap();
}
