//! Reads and writes that are broken off again and again lose nothing, double nothing, and miss no wake.

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use coros::net::{TcpStream, UnixStream};
use coros::{Scheduler, random, spawn, timeout, yield_now};

use crate::sockets::pair;

const LENGTH: usize = 3 << 20;

fn byte(at: usize) -> u8 {
    (at % 251) as u8
}

fn below(limit: u64) -> u64 {
    random() % limit
}

/// Two ends with little room between them, so that there are many waits.
fn narrow_pair() -> (TcpStream, TcpStream) {
    let (here, there) = pair();
    here.set_send_buffer_size(32 << 10).unwrap();
    there.set_recv_buffer_size(32 << 10).unwrap();
    (here, there)
}

/// One read or write, which is made again until it is done.
type Insist = fn(&mut dyn FnMut() -> io::Result<usize>) -> usize;

/// With scopes that leave hardly any time.
fn in_scopes(f: &mut dyn FnMut() -> io::Result<usize>) -> usize {
    loop {
        let patience = Duration::from_micros(below(300));
        match timeout(patience, &mut *f) {
            Ok(done) => return done.unwrap(),
            Err(_) if below(3) == 0 => yield_now(),
            Err(_) => {}
        }
    }
}

/// With the limits of the sockets themselves.
fn with_limits(f: &mut dyn FnMut() -> io::Result<usize>) -> usize {
    loop {
        match f() {
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            result => return result.unwrap(),
        }
    }
}

fn write_in_pieces(mut stream: impl Write, insist: Insist) {
    let mut written = 0;
    while written < LENGTH {
        let end = LENGTH.min(written + 1 + below(70_000) as usize);
        let piece: Vec<u8> = (written..end).map(byte).collect();
        written += insist(&mut || stream.write(&piece));
    }
}

fn read_in_pieces(mut stream: impl Read, insist: Insist) {
    let mut read = 0;
    let mut buffer = vec![0; 100_000];
    loop {
        let room = 1 + below(100_000) as usize;
        let count = insist(&mut || stream.read(&mut buffer[..room]));
        if count == 0 {
            return assert_eq!(read, LENGTH);
        }
        let is_right = |(at, &found): (usize, &u8)| found == byte(read + at);
        assert!(buffer[..count].iter().enumerate().all(is_right));
        read += count;
    }
}

fn check<S: 'static>(seed: u64, make: impl FnOnce() -> (S, S) + 'static)
where
    for<'s> &'s S: Read + Write,
{
    let mut sched = Scheduler::builder().seed(seed).build();
    let checked = sched.spawn(move || {
        let (here, there) = make();
        let writer = spawn(move || write_in_pieces(&here, in_scopes));
        let reader = spawn(move || read_in_pieces(&there, in_scopes));
        writer.join().unwrap();
        reader.join().unwrap();
    });
    sched.run().unwrap();
    checked.join().unwrap();
}

#[test]
fn tcp_streams_arrive_whole() {
    (0..3).for_each(|seed| check(seed, narrow_pair));
}

#[test]
fn unix_streams_arrive_whole() {
    (0..3).for_each(|seed| check(seed, || UnixStream::pair().unwrap()));
}

#[test]
fn limits_of_the_socket_do_the_same() {
    let mut sched = Scheduler::new();
    let checked = sched.spawn(|| {
        let (here, there) = narrow_pair();
        let limit = Some(Duration::from_micros(50));
        here.set_write_timeout(limit).unwrap();
        there.set_read_timeout(limit).unwrap();
        let writer = spawn(move || write_in_pieces(here, with_limits));
        read_in_pieces(there, with_limits);
        writer.join().unwrap();
    });
    sched.run().unwrap();
    checked.join().unwrap();
}
