//! A peer that never reads holds up its writer alone, and not a byte gets lost or doubled.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use coros::net::UnixStream;
use coros::{run, sleep, spawn, timeout, yield_now};

use crate::sockets::pair;

/// Bytes that show where in the stream they belong.
fn bytes_from(start: usize, count: usize) -> Vec<u8> {
    let at = start..start + count;
    at.map(|at| (at % 251) as u8).collect()
}

/// Writes until nobody takes any more; says how much was taken.
fn fill(mut stream: impl Write) -> usize {
    let mut written = 0;
    loop {
        match stream.write(&bytes_from(written, 100_000)) {
            Ok(count) => written += count,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
                return written;
            }
        }
    }
}

#[test]
fn a_writer_waits_for_a_peer_that_never_reads() {
    run(|| {
        let (mut here, there) = pair();
        let writer = spawn(move || here.write_all(&vec![7; 64 << 20]));
        sleep(Duration::from_millis(5)).unwrap();
        (0..100).for_each(|_| yield_now());
        assert!(!writer.is_finished(), "more than any buffer holds");
        writer.kill().unwrap();
        drop(there);
    })
    .unwrap();
}

#[test]
fn what_a_write_with_a_timeout_says_it_wrote_is_what_arrives() {
    run(|| {
        let (here, mut there) = pair();
        here.set_write_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let written = fill(&here);
        assert!(written > 0);
        drop(here);
        let mut arrived = Vec::new();
        there.read_to_end(&mut arrived).unwrap();
        assert_eq!(arrived.len(), written);
        assert!(arrived == bytes_from(0, written));
    })
    .unwrap();
}

#[test]
fn a_writer_that_was_timed_out_goes_on_where_it_was() {
    run(|| {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        here.set_write_timeout(Some(Duration::from_millis(5)))
            .unwrap();
        let before = fill(&here);
        let reader = spawn(move || {
            let mut arrived = Vec::new();
            there.read_to_end(&mut arrived).unwrap();
            arrived
        });
        here.set_write_timeout(None).unwrap();
        here.write_all(&bytes_from(before, 1 << 20)).unwrap();
        drop(here);
        assert!(reader.join().unwrap() == bytes_from(0, before + (1 << 20)));
    })
    .unwrap();
}

#[test]
fn a_scope_around_a_write_breaks_it_off_without_a_loss() {
    run(|| {
        let (here, mut there) = pair();
        let mut written = 0;
        while let Ok(result) = timeout(Duration::from_millis(20), || (&here).write(&[9; 50_000])) {
            written += result.unwrap();
        }
        drop(here);
        let mut arrived = Vec::new();
        assert_eq!(there.read_to_end(&mut arrived).unwrap(), written);
    })
    .unwrap();
}
