//! Ten thousand connections come and go, and leave nothing behind.

use std::io::{Read, Write};

use coros::net::{TcpListener, TcpStream};
use coros::{run, spawn};

use crate::common::alone;
use crate::sockets;

const BATCHES: usize = 20;
const BATCH: usize = 500;

fn open_descriptors() -> usize {
    std::fs::read_dir("/dev/fd").unwrap().count()
}

#[test]
fn ten_thousand_connections_leave_no_descriptor_behind() {
    // Descriptors are the whole process's.
    alone(
        ten_thousand_connections_leave_no_descriptor_behind,
        come_and_go,
    );
}

fn come_and_go() {
    assert!(sockets::raise_file_limit() > 2 * BATCH as u64 + 100);
    let before = open_descriptors();
    run(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let served = spawn(move || {
            for stream in listener.incoming().take(BATCHES * BATCH) {
                let mut stream = stream.unwrap();
                spawn(move || {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    stream.write_all(&byte).unwrap();
                });
            }
        });
        let inside = open_descriptors();
        for _ in 0..BATCHES {
            let client = move || {
                let mut stream = TcpStream::connect(addr).unwrap();
                stream.write_all(b"x").unwrap();
                stream.read_exact(&mut [0]).unwrap();
            };
            let clients: Vec<_> = (0..BATCH).map(|_| spawn(client)).collect();
            clients.iter().for_each(|client| client.join().unwrap());
        }
        served.join().unwrap();
        assert!(
            open_descriptors() < inside + BATCH,
            "they went as they came"
        );
    })
    .unwrap();
    assert_eq!(open_descriptors(), before);
}
