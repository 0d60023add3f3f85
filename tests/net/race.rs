//! Several addresses race, and the first that answers wins.

use std::net::SocketAddr;

use coros::net::{TcpListener, TcpStream};
use coros::run;

use crate::sockets::{Deaf, Reserved};

#[test]
fn the_next_address_is_tried_as_soon_as_one_refuses() {
    run(|| {
        let (nobody, listener) = (Reserved::new(), TcpListener::bind("127.0.0.1:0").unwrap());
        let addr = listener.local_addr().unwrap();
        let stream = TcpStream::connect([nobody.addr(), nobody.addr(), addr]).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addr);
    })
    .unwrap();
}

#[test]
fn an_address_without_an_answer_holds_nobody_up_for_long() {
    run(|| {
        let (deaf, listener) = (Deaf::new(), TcpListener::bind("127.0.0.1:0").unwrap());
        let addr = listener.local_addr().unwrap();
        let stream = TcpStream::connect([deaf.addr(), addr]).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addr);
    })
    .unwrap();
}

#[test]
fn when_all_refuse_the_error_names_one() {
    run(|| {
        let nobody: Vec<_> = (0..3).map(|_| Reserved::new()).collect();
        // Of the other family, and so tried in second place; it may be that there is no way to it at all.
        let mut addrs: Vec<SocketAddr> = nobody.iter().map(Reserved::addr).collect();
        addrs.push("[::1]:1".parse().unwrap());
        let error = TcpStream::connect(&*addrs).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
        let last = format!("cannot connect to {}: ", nobody[2].addr());
        assert!(error.to_string().starts_with(&last), "{error}");
    })
    .unwrap();
}

#[test]
fn a_name_stands_for_whichever_of_its_addresses_answers() {
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let stream = TcpStream::connect(("localhost", addr.port())).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addr);
        let stream = TcpStream::connect(format!("localhost:{}", addr.port())).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), addr);
    })
    .unwrap();
}
