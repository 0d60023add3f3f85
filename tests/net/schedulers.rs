//! Sockets that were made elsewhere: before the run, by `std`, for another scheduler.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use coros::net::{TcpListener, TcpStream, UdpSocket};
use coros::{Scheduler, run, spawn, timeout, yield_now};
use rustix::fs::{OFlags, fcntl_getfl};

#[test]
fn two_schedulers_in_two_threads_talk_to_each_other() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let listener = listener.into_std().unwrap();
    let server = thread::spawn(move || {
        run(move || {
            let listener = TcpListener::from_std(listener).unwrap();
            let handlers = listener.incoming().take(10).map(|stream| {
                spawn(move || {
                    let mut stream = stream.unwrap();
                    std::io::copy(&mut stream.try_clone().unwrap(), &mut stream).unwrap()
                })
            });
            let handlers: Vec<_> = handlers.collect();
            handlers.iter().map(|it| it.join().unwrap()).sum::<u64>()
        })
    });
    run(move || {
        let clients = (0..10).map(|_| {
            spawn(move || {
                let mut stream = TcpStream::connect(addr).unwrap();
                stream.write_all(b"across").unwrap();
                stream.shutdown(std::net::Shutdown::Write).unwrap();
                let mut back = String::new();
                stream.read_to_string(&mut back).unwrap();
                assert_eq!(back, "across");
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.iter().for_each(|client| client.join().unwrap());
    })
    .unwrap();
    assert_eq!(server.join().unwrap().unwrap(), 60);
}

#[test]
fn a_listener_made_before_the_run_has_those_who_came_before() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (&client).write_all(b"early").unwrap();
    let read = run(move || {
        let mut read = [0; 5];
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut read).unwrap();
        read
    });
    assert_eq!(&read.unwrap(), b"early");
}

#[test]
fn a_socket_serves_one_scheduler_after_another() {
    let socket = Rc::new(UdpSocket::bind("127.0.0.1:0").unwrap());
    let addr = socket.local_addr().unwrap();
    for number in 0..3 {
        let socket = socket.clone();
        run(move || {
            let receiver = spawn(move || {
                let mut room = [0; 9];
                socket.recv(&mut room).unwrap();
                room[0]
            });
            yield_now();
            let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
            sender.send_to(&[number], addr).unwrap();
            assert_eq!(receiver.join().unwrap(), number);
        })
        .unwrap();
    }
}

#[test]
fn a_wait_for_what_another_scheduler_waits_for_is_refused() {
    let socket = Rc::new(UdpSocket::bind("127.0.0.1:0").unwrap());
    let mut outer = Scheduler::new();
    let other = socket.clone();
    let waiter = outer.spawn(move || drop(socket.recv(&mut [0; 9])));
    outer.step().unwrap();
    assert!(!waiter.is_finished());
    let inner = other.clone();
    let error = run(move || inner.recv(&mut [0; 9]).unwrap_err()).unwrap();
    assert_eq!(error.kind(), ErrorKind::ResourceBusy, "{error}");
    // Its end leaves the socket to the next.
    drop(outer);
    let late = run(move || timeout(Duration::from_millis(1), || other.recv(&mut [0; 9])));
    assert!(late.unwrap().is_err());
}

#[test]
fn what_is_given_back_to_std_blocks_its_thread_again() {
    let blocks = |io: &dyn AsFd| !fcntl_getfl(io.as_fd()).unwrap().contains(OFlags::NONBLOCK);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(!blocks(&listener));
    let listener = listener.into_std().unwrap();
    assert!(blocks(&listener));
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let stream = TcpStream::from_std(stream).unwrap();
    assert!(!blocks(&stream));
    assert!(blocks(&stream.into_std().unwrap()));
}
