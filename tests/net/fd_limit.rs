//! A server that runs out of descriptors says so, does not spin, and recovers.

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::net::{TcpListener, TcpStream};
use coros::{run, sleep, spawn};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::common::alone;

#[test]
fn a_listener_without_descriptors_says_so_and_recovers() {
    // The limit is the whole process's.
    alone(a_listener_without_descriptors_says_so_and_recovers, || {
        run(check).unwrap();
    });
}

fn check() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(64);
    setrlimit(Resource::Nofile, limit).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let clients: Vec<_> = (0..3).map(|_| TcpStream::connect(addr).unwrap()).collect();
    let mut ballast = Vec::new();
    let error = loop {
        match File::open("/dev/null") {
            Ok(file) => ballast.push(file),
            Err(error) => break error,
        }
    };
    assert_eq!(error.raw_os_error(), Some(Errno::MFILE.raw_os_error()));
    let errors = Rc::new(Cell::new(0));
    let server = spawn({
        let errors = Rc::clone(&errors);
        move || serve(&listener, addr, &errors)
    });
    let began = Instant::now();
    while errors.get() < 3 {
        sleep(Duration::from_millis(10)).unwrap();
    }
    // How long it took is the listener's own doing: it rests before each further error.
    let rests = errors.get() - 1;
    assert!(began.elapsed() >= Duration::from_millis(50) * rests);
    ballast.clear();
    for mut client in clients {
        client.write_all(b"?").unwrap();
        let mut answer = [0];
        client.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"!");
    }
    server.join().unwrap();
}

/// Serves three, and asks again at once whatever happens.
fn serve(listener: &TcpListener, addr: SocketAddr, errors: &Cell<u32>) {
    let mut served = 0;
    while served < 3 {
        match listener.accept() {
            Ok((mut stream, _)) => {
                stream.read_exact(&mut [0]).unwrap();
                stream.write_all(b"!").unwrap();
                served += 1;
            }
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains(&addr.to_string()), "{text}");
                assert!(text.contains("64") && text.contains("ulimit -n"), "{text}");
                errors.set(errors.get() + 1);
            }
        }
    }
}
