//! Errors name what they are about, and keep their kind.

use std::io::{Error, ErrorKind, Read};

use coros::kernel::Why;
use coros::net::{TcpListener, TcpStream, ToAddrs, UdpSocket, UnixListener, UnixStream};
use coros::{Interrupted, run, spawn, yield_now};

use crate::common::Folder;
use crate::sockets::{self, pair};

#[test]
fn a_port_in_use_is_named() {
    let first = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = first.local_addr().unwrap();
    let error = TcpListener::bind(addr).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot bind {addr}: ")),
        "{error}"
    );
    let second = TcpListener::bind([addr, "127.0.0.1:0".parse().unwrap()].as_slice()).unwrap();
    assert_ne!(second.local_addr().unwrap(), addr);
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let error = UdpSocket::bind(udp.local_addr().unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[test]
fn a_refused_connection_is_named() {
    run(|| {
        let nobody = sockets::Reserved::new();
        let addr = nobody.addr();
        let error = TcpStream::connect(addr).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        let begins = format!("cannot connect to {addr}: ");
        assert!(error.to_string().starts_with(&begins), "{error}");
    })
    .unwrap();
}

#[test]
fn a_path_without_a_listener_is_named() {
    run(|| {
        let folder = Folder::new();
        let path = folder.at("socket");
        let error = UnixStream::connect(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
        let _listener = UnixListener::bind(&path).unwrap();
        let error = UnixListener::bind(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
        assert!(UnixStream::connect("nul\0byte").is_err());
    })
    .unwrap();
}

#[test]
fn a_name_that_nobody_knows_is_named() {
    run(|| {
        let beside = spawn(yield_now);
        let error = TcpStream::connect("does-not-exist.invalid:80").unwrap_err();
        assert!(beside.is_finished(), "it runs while the name is looked up");
        assert!(
            error.to_string().contains("does-not-exist.invalid"),
            "{error}"
        );
        assert!(TcpListener::bind(("does-not-exist.invalid", 80)).is_err());
    })
    .unwrap();
}

#[test]
fn a_name_is_found_inside_a_task_and_outside() {
    let outside = "localhost:80".to_addrs().unwrap();
    assert!(outside.iter().all(|addr| addr.ip().is_loopback()));
    let inside = run(|| ("localhost", 80).to_addrs().unwrap()).unwrap();
    assert_eq!(inside, outside);
}

#[test]
fn a_lookup_that_is_cancelled_says_so() {
    run(|| {
        let client = spawn(|| TcpStream::connect("does-not-exist.invalid:80").unwrap_err());
        yield_now();
        client.cancel("never mind");
        let error = client.join().unwrap();
        assert_eq!(interruption(&error).reason(), Some("never mind"));
    })
    .unwrap();
}

#[test]
fn no_address_at_all_is_an_error() {
    run(|| {
        let none: &[std::net::SocketAddr] = &[];
        let kind = |result: Result<(), Error>| result.unwrap_err().kind();
        assert_eq!(
            kind(TcpStream::connect(none).map(drop)),
            ErrorKind::InvalidInput
        );
        assert_eq!(
            kind(TcpListener::bind(none).map(drop)),
            ErrorKind::InvalidInput
        );
        assert_eq!(
            kind(UdpSocket::bind(none).map(drop)),
            ErrorKind::InvalidInput
        );
        for nonsense in [
            "",
            ":",
            "80",
            "127.0.0.1",
            "127.0.0.1:65536",
            "[::1",
            "nul\0:1",
        ] {
            assert!(TcpStream::connect(nonsense).is_err(), "{nonsense:?}");
        }
    })
    .unwrap();
}

#[test]
fn a_second_reader_is_refused_and_the_first_reads_on() {
    run(|| {
        let (here, there) = pair();
        let there = std::rc::Rc::new(there);
        let first = spawn({
            let there = there.clone();
            move || (&*there).read(&mut [0; 4])
        });
        yield_now();
        let error = (&*there).read(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResourceBusy, "{error}");
        drop(here);
        assert_eq!(first.join().unwrap().unwrap(), 0);
    })
    .unwrap();
}

#[test]
fn an_interruption_keeps_its_reason() {
    run(|| {
        let (_here, mut there) = pair();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tasks = [
            spawn(move || there.read(&mut [0; 4]).unwrap_err()),
            spawn(move || listener.accept().unwrap_err()),
        ];
        yield_now();
        for task in tasks {
            task.cancel("closing time");
            let error = task.join().unwrap();
            let interrupted = interruption(&error);
            assert_eq!(interrupted.why(), Why::Cancelled);
            assert_eq!(interrupted.reason(), Some("closing time"));
            assert_ne!(error.kind(), ErrorKind::Interrupted);
        }
    })
    .unwrap();
}

fn interruption(error: &Error) -> &Interrupted {
    Interrupted::of(error).unwrap()
}
