//! Tasks whose reads and writes never wait do not keep the others waiting.

use std::cell::Cell;
use std::io::{Read, Write};
use std::rc::Rc;

use coros::net::UnixStream;
use coros::{run, spawn, yield_now};

/// More than a task may do at a stretch, and less than a socket has room for: each byte takes some 700.
const BYTES: usize = 200;

#[test]
fn a_task_that_never_has_to_wait_lets_the_others_run() {
    run(|| {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let turns = Rc::new(Cell::new(0));
        let count = Rc::clone(&turns);
        let other = spawn(move || {
            for _ in 0..5 {
                count.set(count.get() + 1);
                yield_now();
            }
        });
        yield_now();
        for _ in 0..BYTES {
            here.write_all(b"x").unwrap();
        }
        assert!(turns.get() > 1, "the other ran between two writes");
        for _ in 0..BYTES {
            there.read_exact(&mut [0]).unwrap();
        }
        other.join().unwrap();
        assert_eq!(turns.get(), 5);
    })
    .unwrap();
}
