//! TLS works over the streams of tasks, with peers who know nothing of tasks.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use coros::{net, run, timeout};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};

use crate::peer::Server;

/// Some dozens of records.
const MUCH: usize = 1 << 20;

/// A server that shows a certificate, and a client that trusts it.
fn two_sides() -> (ServerConnection, ClientConnection) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let mut trusted = RootCertStore::empty();
    trusted.add(certificate.clone()).unwrap();
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let client = ClientConfig::builder()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    (
        ServerConnection::new(Arc::new(server)).unwrap(),
        ClientConnection::new(Arc::new(client), name).unwrap(),
    )
}

/// So few bytes are kept for sending that a task has to wait in the middle of a record.
fn narrow(stream: net::TcpStream) -> net::TcpStream {
    stream.set_send_buffer_size(4096).unwrap();
    stream
}

fn much() -> Vec<u8> {
    (0..MUCH).map(|at| (at % 251) as u8).collect()
}

/// Hands back all that comes, until there is good-bye.
fn echo(secure: &mut (impl Read + Write)) {
    let mut bytes = vec![0; 50_000];
    loop {
        match secure.read(&mut bytes).unwrap() {
            0 => break,
            length => secure.write_all(&bytes[..length]).unwrap(),
        }
    }
}

/// Sends much and reads it back, some at a time.
fn talk(secure: &mut (impl Read + Write)) {
    let mut back = vec![0; 16_000];
    for piece in much().chunks(back.len()) {
        secure.write_all(piece).unwrap();
        let back = &mut back[..piece.len()];
        secure.read_exact(back).unwrap();
        assert!(back == piece);
    }
}

#[test]
fn a_task_serves_a_client_in_a_thread() {
    let (server, mut client) = two_sides();
    run(|| {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let peer = thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            talk(&mut rustls::Stream::new(&mut client, &mut stream));
            client.send_close_notify();
            client.write_tls(&mut stream).unwrap();
        });
        let (stream, _) = listener.accept().unwrap();
        echo(&mut StreamOwned::new(server, narrow(stream)));
        peer.join().unwrap();
    })
    .unwrap();
}

#[test]
fn a_task_asks_a_server_in_a_thread() {
    let (server, mut client) = two_sides();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let peer = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        echo(&mut StreamOwned::new(server, stream));
    });
    run(move || {
        let mut stream = narrow(net::TcpStream::connect(address).unwrap());
        talk(&mut rustls::Stream::new(&mut client, &mut stream));
        client.send_close_notify();
        client.write_tls(&mut stream).unwrap();
    })
    .unwrap();
    peer.join().unwrap();
}

#[test]
fn a_handshake_that_nobody_answers_is_broken_off_by_a_timeout() {
    let (_, mut client) = two_sides();
    run(move || {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut stream = net::TcpStream::connect(address).unwrap();
        let _silent = listener.accept().unwrap();
        let mut secure = rustls::Stream::new(&mut client, &mut stream);
        let tried = timeout(Duration::from_millis(20), || secure.write_all(b"hello"));
        assert!(tried.is_err());
    })
    .unwrap();
}

/// What a program says when it is run with this for its input; `None` if it is not installed.
fn said_by(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let started = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut process) = started else {
        eprintln!("{program} is not installed: it does not ask");
        return None;
    };
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    // `openssl s_client` hangs up as soon as its input ends; the answer is to come before.
    let output = process.wait_with_output().unwrap();
    drop(stdin);
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn curl_is_served_by_the_example() {
    let server = Server::start("tls", &[]);
    let url = format!("https://{}/from/curl", server.address);
    let arguments = ["-q", "--noproxy", "*", "--silent", "--max-time", "60", &url];
    if let Some(said) = said_by("curl", &[&arguments[..], &["--insecure"]].concat(), "") {
        assert!(
            said.starts_with("/from/curl, asked for by TLSv1_"),
            "{said}"
        );
    }
    if let Some(said) = said_by("curl", &arguments, "") {
        assert_eq!(said, "", "nobody vouches for the certificate");
    }
}

#[test]
fn openssl_is_served_by_the_example_by_either_version() {
    let server = Server::start("tls", &[]);
    let address = server.address.to_string();
    for (option, version) in [("-tls1_2", "TLSv1_2"), ("-tls1_3", "TLSv1_3")] {
        let arguments = ["s_client", "-quiet", option, "-connect", &address];
        if let Some(said) = said_by("openssl", &arguments, "GET /x HTTP/1.0\r\n\r\n") {
            let wanted = format!("/x, asked for by {version}\n");
            assert!(said.ends_with(&wanted), "{said}");
        }
    }
}
