//! Who closes a socket, or dies with it, leaves nobody waiting for it.

use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;

use coros::net::{TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use coros::syscall::Park;
use coros::{Scheduler, WaitList, call, run, spawn, yield_now};

use crate::common::Folder;
use crate::sockets::{self, pair};

#[test]
fn closing_a_stream_wakes_its_reader_and_its_writer() {
    run(|| {
        let (here, mut there) = pair();
        let here = Rc::new(here);
        let reader = spawn({
            let here = here.clone();
            move || (&*here).read(&mut [0; 1]).unwrap_err().kind()
        });
        let writer = spawn({
            let here = here.clone();
            move || (&*here).write_all(&vec![0; 64 << 20]).unwrap_err().kind()
        });
        (0..100).for_each(|_| yield_now());
        assert!(!reader.is_finished() && !writer.is_finished());
        here.close();
        assert_eq!(reader.join().unwrap(), ErrorKind::NotConnected);
        assert_eq!(writer.join().unwrap(), ErrorKind::NotConnected);
        assert_eq!(
            (&*here).read(&mut [0; 1]).unwrap_err().kind(),
            ErrorKind::NotConnected
        );
        let mut rest = Vec::new();
        there.read_to_end(&mut rest).unwrap();
    })
    .unwrap();
}

#[test]
fn closing_a_listener_ends_its_loop_and_turns_clients_away() {
    run(|| {
        let listener = Rc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let addr = listener.local_addr().unwrap();
        let server = spawn({
            let listener = listener.clone();
            move || listener.incoming().map(Result::unwrap).count()
        });
        let _client = TcpStream::connect(addr).unwrap();
        (0..10).for_each(|_| yield_now());
        listener.close();
        assert_eq!(server.join().unwrap(), 1);
        assert_eq!(
            listener.accept().unwrap_err().kind(),
            ErrorKind::NotConnected
        );
        let error = TcpStream::connect(addr).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    })
    .unwrap();
}

#[test]
fn closing_wakes_who_waits_for_the_other_families() {
    run(|| {
        let udp = Rc::new(UdpSocket::bind("127.0.0.1:0").unwrap());
        let folder = Folder::new();
        let path = folder.at("socket");
        let unix = Rc::new(UnixListener::bind(&path).unwrap());
        let receiver = spawn({
            let udp = udp.clone();
            move || udp.recv(&mut [0; 1]).unwrap_err().kind()
        });
        let server = spawn({
            let unix = unix.clone();
            move || unix.incoming().count()
        });
        yield_now();
        udp.close();
        unix.close();
        assert_eq!(receiver.join().unwrap(), ErrorKind::NotConnected);
        assert_eq!(server.join().unwrap(), 0);
    })
    .unwrap();
}

#[test]
fn a_killed_reader_leaves_the_stream_to_the_next() {
    run(|| {
        let (mut here, there) = pair();
        let there = Rc::new(there);
        let reader = spawn({
            let there = there.clone();
            move || (&*there).read(&mut [0; 1])
        });
        yield_now();
        reader.kill().unwrap();
        here.write_all(b"x").unwrap();
        assert_eq!((&*there).read(&mut [0; 9]).unwrap(), 1);
    })
    .unwrap();
}

#[test]
fn a_killed_task_closes_what_it_had() {
    run(|| {
        let (mut here, mut there) = pair();
        let reader = spawn(move || there.read(&mut [0; 1]));
        yield_now();
        reader.kill().unwrap();
        assert_eq!(here.read(&mut [0; 1]).unwrap(), 0);
    })
    .unwrap();
}

#[test]
fn nothing_is_waited_for_after_the_last_reader_was_killed() {
    let mut sched = Scheduler::new();
    sched.spawn(|| {
        let (_here, mut there) = UnixStream::pair().unwrap();
        let reader = spawn(move || there.read(&mut [0; 1]));
        yield_now();
        reader.kill().unwrap();
        call(Park(&WaitList::new().named("godot"))).unwrap();
    });
    let stuck = sched.run().unwrap_err();
    assert!(stuck.to_string().contains("godot"), "{stuck}");
}

#[test]
fn a_killed_connect_leaves_nothing() {
    let deaf = sockets::Deaf::new();
    let addr = deaf.addr();
    let mut sched = Scheduler::new();
    sched.spawn(move || {
        let client = spawn(move || TcpStream::connect(addr).map(drop));
        yield_now();
        client.kill().unwrap();
        call(Park(&WaitList::new().named("godot"))).unwrap();
    });
    let stuck = sched.run().unwrap_err();
    assert!(stuck.to_string().contains("godot"), "{stuck}");
}

#[test]
fn a_dropped_scheduler_closes_the_sockets_of_its_tasks() {
    let (here, there) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut sched = Scheduler::new();
    sched.spawn(move || UnixStream::from_std(there).unwrap().read(&mut [0; 1]));
    sched.step().unwrap();
    drop(sched);
    assert_eq!((&here).read(&mut [0; 1]).unwrap(), 0);
}
