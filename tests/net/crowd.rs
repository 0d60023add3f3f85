//! A crowd of clients who all go at once leaves nothing behind.

use std::io::{ErrorKind, Read, Write};
use std::process::Stdio;
use std::time::Duration;

use coros::net::{TcpListener, TcpStream};
use coros::{run, spawn, timeout, yield_now};

use crate::common::{again, alone};
use crate::sockets;

/// Fewer, where the system allows a process no more descriptors.
const CROWD: u64 = 10_000;
const PATIENCE: Duration = Duration::from_secs(120);

/// Tells this program, started once more, whom to crowd in on, and with how many.
const ADDRESS: &str = "COROS_TEST_CROWD_ADDRESS";
const COUNT: &str = "COROS_TEST_CROWD_COUNT";

fn open_descriptors() -> usize {
    std::fs::read_dir("/dev/fd").unwrap().count()
}

/// The clients, in a process of their own; no test by itself.
#[test]
fn the_crowd() {
    let (Ok(address), Ok(count)) = (std::env::var(ADDRESS), std::env::var(COUNT)) else {
        return;
    };
    sockets::raise_file_limit();
    let connect = |_| std::net::TcpStream::connect(&address).unwrap();
    let _crowd: Vec<_> = (0..count.parse().unwrap()).map(connect).collect();
    // It ends with whoever started it, if it is not killed before.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn when_ten_thousand_clients_die_at_once_each_task_learns_of_it() {
    // Descriptors are the whole process's.
    alone(
        when_ten_thousand_clients_die_at_once_each_task_learns_of_it,
        crowd_in,
    );
}

fn crowd_in() {
    let count = CROWD.min(sockets::raise_file_limit() - 100) as usize;
    assert!(count >= 1000, "with {count} descriptors there is no crowd");
    run(move || timeout(PATIENCE, || check(count)).unwrap()).unwrap();
}

fn check(count: usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    serve_one(&listener); // So that there is all that the scheduler itself opens.
    let mut crowd = again(the_crowd)
        .env(ADDRESS, address.to_string())
        .env(COUNT, count.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let _leash = crowd.stdin.take();
    let before = open_descriptors();
    let hosts: Vec<_> = (0..count)
        .map(|_| {
            let (mut stream, _) = listener.accept().unwrap();
            spawn(move || stream.read(&mut [0]))
        })
        .collect();
    yield_now();
    assert!(hosts.iter().all(|host| !host.is_finished()));
    assert_eq!(open_descriptors(), before + count);

    crowd.kill().unwrap();
    for host in &hosts {
        match host.join().unwrap() {
            Ok(bytes) => assert_eq!(bytes, 0, "nobody has said anything"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
    }
    crowd.wait().unwrap();
    assert_eq!(open_descriptors(), before);

    serve_one(&listener);
}

fn serve_one(listener: &TcpListener) {
    let address = listener.local_addr().unwrap();
    let client = spawn(move || (&TcpStream::connect(address).unwrap()).write_all(b"open?"));
    let (mut stream, _) = listener.accept().unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert_eq!(said, "open?");
    client.join().unwrap().unwrap();
}
