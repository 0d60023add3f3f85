//! UDP messages stay whole.

use std::net::{Ipv4Addr, Ipv6Addr};

use coros::net::UdpSocket;
use coros::{run, spawn, yield_now};

#[test]
fn a_question_is_answered_to_where_it_came_from() {
    run(|| {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let addr = server.local_addr().unwrap();
        let served = spawn(move || {
            for _ in 0..10 {
                let mut room = [0; 100];
                let (length, from) = server.recv_from(&mut room).unwrap();
                server.send_to(&room[..length], from).unwrap();
            }
        });
        let clients = (0..10u8).map(|number| {
            spawn(move || {
                let client = UdpSocket::bind("127.0.0.1:0").unwrap();
                client.connect(addr).unwrap();
                assert_eq!(client.peer_addr().unwrap(), addr);
                client.send(&[number; 3]).unwrap();
                let mut room = [0; 100];
                assert_eq!(client.recv(&mut room).unwrap(), 3);
                assert_eq!(room[..3], [number; 3]);
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.iter().for_each(|client| client.join().unwrap());
        served.join().unwrap();
    })
    .unwrap();
}

#[test]
fn messages_are_read_one_at_a_time_and_cut_to_the_buffer() {
    run(|| {
        let here = UdpSocket::bind("127.0.0.1:0").unwrap();
        let there = UdpSocket::bind("127.0.0.1:0").unwrap();
        there.connect(here.local_addr().unwrap()).unwrap();
        for message in [&b"first"[..], b"", b"third"] {
            there.send(message).unwrap();
        }
        let mut room = [0; 3];
        assert_eq!(here.peek_from(&mut room).unwrap().0, 3);
        assert_eq!(here.recv(&mut room).unwrap(), 3);
        assert_eq!(&room, b"fir");
        assert_eq!(here.recv(&mut room).unwrap(), 0);
        assert_eq!(here.peek(&mut room).unwrap(), 3);
        assert_eq!(here.recv(&mut room).unwrap(), 3);
        assert_eq!(&room, b"thi");
    })
    .unwrap();
}

#[test]
fn one_task_sends_while_another_receives() {
    run(|| {
        let here = std::rc::Rc::new(UdpSocket::bind("127.0.0.1:0").unwrap());
        let receiver = spawn({
            let here = here.clone();
            move || here.recv(&mut [0; 9]).unwrap()
        });
        yield_now();
        here.send_to(b"myself", here.local_addr().unwrap()).unwrap();
        assert_eq!(receiver.join().unwrap(), 6);
    })
    .unwrap();
}

#[test]
fn a_message_that_is_too_long_is_an_error() {
    run(|| {
        let here = UdpSocket::bind("127.0.0.1:0").unwrap();
        let addr = here.local_addr().unwrap();
        assert!(here.send_to(&vec![0; 1 << 17], addr).is_err());
        assert_eq!(here.send_to(b"fits", addr).unwrap(), 4);
    })
    .unwrap();
}

#[test]
fn options_are_what_they_were_set_to() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_broadcast(true).unwrap();
    socket.set_ttl(9).unwrap();
    socket.set_multicast_loop_v4(false).unwrap();
    socket.set_multicast_ttl_v4(3).unwrap();
    assert!(socket.broadcast().unwrap() && !socket.multicast_loop_v4().unwrap());
    assert_eq!(
        (socket.ttl().unwrap(), socket.multicast_ttl_v4().unwrap()),
        (9, 3)
    );
    assert!(
        socket
            .join_multicast_v4(&Ipv4Addr::LOCALHOST, &Ipv4Addr::UNSPECIFIED)
            .is_err()
    );
    assert!(socket.leave_multicast_v6(&Ipv6Addr::LOCALHOST, 0).is_err());
    assert!(socket.take_error().unwrap().is_none());
}
