//! The two directions of a stream end apart.

use std::io::{Read, Write};
use std::net::Shutdown;

use coros::net::{TcpStream, UnixStream};
use coros::{group, run, spawn, yield_now};

use crate::sockets::pair;

#[test]
fn who_has_closed_one_direction_still_gets_the_answer() {
    run(|| {
        let (mut here, mut there) = pair();
        let server = spawn(move || {
            let mut asked = String::new();
            there.read_to_string(&mut asked).unwrap();
            there.write_all(asked.to_uppercase().as_bytes()).unwrap();
        });
        here.write_all(b"question").unwrap();
        here.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        here.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "QUESTION");
        server.join().unwrap();
    })
    .unwrap();
}

#[test]
fn borrowed_halves_work_at_once() {
    run(|| {
        let (mut here, mut there) = pair();
        spawn(move || std::io::copy(&mut there.try_clone().unwrap(), &mut there));
        let (mut read, mut write) = here.split();
        let echoed = group(|g| {
            let reader = g.spawn(move || {
                let mut echoed = [0; 9];
                read.read_exact(&mut echoed).unwrap();
                echoed
            });
            write.write_all(b"and back.").unwrap();
            reader.join().unwrap()
        });
        assert_eq!(&echoed.unwrap(), b"and back.");
    })
    .unwrap();
}

#[test]
fn dropping_the_owned_writing_half_shuts_down_writing_alone() {
    run(|| {
        let (here, mut there) = pair();
        let (mut read, mut write) = here.into_split();
        write.write_all(b"the end").unwrap();
        drop(write);
        let mut heard = String::new();
        there.read_to_string(&mut heard).unwrap();
        assert_eq!(heard, "the end");
        there.write_all(b"not mine").unwrap();
        drop(there);
        let mut answer = String::new();
        read.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "not mine");
    })
    .unwrap();
}

#[test]
fn a_killed_writer_shuts_down_its_half() {
    run(|| {
        let (here, mut there) = UnixStream::pair().unwrap();
        let (_read, write) = here.into_split();
        let writer = spawn(move || {
            let _write = write;
            loop {
                yield_now();
            }
        });
        let reader = spawn(move || there.read(&mut [0; 1]).unwrap());
        yield_now();
        writer.kill().unwrap();
        assert_eq!(reader.join().unwrap(), 0);
    })
    .unwrap();
}

#[test]
fn halves_of_one_stream_make_it_whole_again() {
    run(|| {
        let (here, mut there) = pair();
        let (other_read, other_write) = pair().0.into_split();
        let (read, write) = here.into_split();
        let error = read.reunite(other_write).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the two halves are not of the same stream"
        );
        let mut whole: TcpStream = error.0.reunite(write).unwrap();
        whole.write_all(b"still open").unwrap();
        let mut heard = [0; 10];
        there.read_exact(&mut heard).unwrap();
        other_read.reunite(error.1).unwrap();
        assert_eq!(&heard, b"still open");
    })
    .unwrap();
}

#[test]
fn a_forgotten_writing_half_ends_nothing() {
    run(|| {
        let (here, there) = pair();
        let (read, write) = here.into_split();
        write.forget();
        let mut whole: &TcpStream = read.as_ref();
        whole.write_all(b"on").unwrap();
        let mut heard = [0; 2];
        (&there).read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"on");
    })
    .unwrap();
}
