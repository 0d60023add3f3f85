//! Unix sockets: streams and messages within one machine.

use std::io::{Read, Write};

use coros::net::{UnixDatagram, UnixListener, UnixStream};
use coros::{run, spawn, yield_now};

use crate::common::Folder;

#[test]
fn streams_are_connected_by_a_path() {
    run(|| {
        let folder = Folder::new();
        let path = folder.at("socket");
        let listener = UnixListener::bind(&path).unwrap();
        assert_eq!(listener.local_addr().unwrap().as_pathname(), Some(&*path));
        let server = spawn(move || {
            for stream in listener.incoming().take(5) {
                spawn(move || {
                    let mut stream = stream.unwrap();
                    std::io::copy(&mut stream.try_clone().unwrap(), &mut stream).unwrap()
                });
            }
        });
        let clients = (0..5).map(|_| {
            let path = path.clone();
            spawn(move || {
                let mut stream = UnixStream::connect(&path).unwrap();
                assert_eq!(stream.peer_addr().unwrap().as_pathname(), Some(&*path));
                stream.write_all(b"echo").unwrap();
                let mut back = [0; 4];
                stream.read_exact(&mut back).unwrap();
                assert_eq!(&back, b"echo");
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.iter().for_each(|client| client.join().unwrap());
        server.join().unwrap();
    })
    .unwrap();
}

#[test]
fn whoever_finds_the_queue_full_waits_for_a_place() {
    run(|| {
        let folder = Folder::new();
        let path = folder.at("socket");
        let socket =
            socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
        socket
            .bind(&socket2::SockAddr::unix(&path).unwrap())
            .unwrap();
        socket.listen(0).unwrap();
        let listener = UnixListener::from_std(std::os::fd::OwnedFd::from(socket).into()).unwrap();
        let clients = (0..5).map(|_| {
            let path = path.clone();
            spawn(move || UnixStream::connect(path).unwrap())
        });
        let clients: Vec<_> = clients.collect();
        (0..10).for_each(|_| yield_now());
        assert!(!clients.iter().all(|client| client.is_finished()));
        assert_eq!(listener.incoming().take(5).flatten().count(), 5);
        clients
            .iter()
            .for_each(|client| drop(client.join().unwrap()));
    })
    .unwrap();
}

#[test]
fn messages_have_a_sender_and_stay_whole() {
    run(|| {
        let folder = Folder::new();
        let (here, there) = (folder.at("here"), folder.at("there"));
        let asked = UnixDatagram::bind(&here).unwrap();
        let asking = UnixDatagram::bind(&there).unwrap();
        let server = spawn(move || {
            let mut room = [0; 100];
            let (length, from) = asked.recv_from(&mut room).unwrap();
            asked.send_to_addr(&room[..length], &from).unwrap();
            asked
                .send_to(b"again", from.as_pathname().unwrap())
                .unwrap();
        });
        asking.connect(&here).unwrap();
        asking.send(b"question").unwrap();
        let mut room = [0; 100];
        assert_eq!(asking.recv(&mut room).unwrap(), 8);
        assert_eq!(asking.recv(&mut room).unwrap(), 5);
        assert_eq!(&room[..8], b"againion");
        server.join().unwrap();
    })
    .unwrap();
}

/// Sends more messages than a queue holds, to a receiver who begins late.
fn flood(receiver: UnixDatagram, send: impl Fn(&[u8]) + 'static) {
    let sender = spawn(move || (0..2000u16).for_each(|number| send(&number.to_ne_bytes())));
    (0..10).for_each(|_| yield_now());
    assert!(!sender.is_finished(), "no queue is that long");
    for number in 0..2000u16 {
        let mut room = [0; 9];
        assert_eq!(receiver.recv(&mut room).unwrap(), 2);
        assert_eq!(room[..2], number.to_ne_bytes());
    }
    sender.join().unwrap();
}

#[test]
fn a_sender_waits_for_room_at_the_one_it_is_connected_to() {
    run(|| {
        let (here, there) = UnixDatagram::pair().unwrap();
        flood(here, move |message| _ = there.send(message).unwrap());
    })
    .unwrap();
}

#[test]
fn a_sender_waits_for_room_at_the_one_it_names() {
    run(|| {
        let folder = Folder::new();
        let path = folder.at("socket");
        let here = UnixDatagram::bind(&path).unwrap();
        let there = UnixDatagram::unbound().unwrap();
        flood(here, move |message| {
            _ = there.send_to(message, &path).unwrap()
        });
    })
    .unwrap();
}

#[test]
fn what_is_peeked_comes_again() {
    run(|| {
        let (mut here, mut there) = UnixStream::pair().unwrap();
        let (one, other) = UnixDatagram::pair().unwrap();
        let reader = spawn(move || {
            let mut room = [0; 8];
            for _ in 0..2 {
                assert_eq!(there.peek(&mut room).unwrap(), 5);
                assert_eq!(other.peek(&mut room).unwrap(), 7);
            }
            assert_eq!(there.read(&mut room).unwrap(), 5);
            assert_eq!(other.recv(&mut room).unwrap(), 7);
        });
        here.write_all(b"bytes").unwrap();
        one.send(b"message").unwrap();
        reader.join().unwrap();
    })
    .unwrap();
}
