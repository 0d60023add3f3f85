//! TLS: the crate `rustls`, as it is, over the streams of tasks.
//!
//! A crate that reads and writes through `std::io::{Read, Write}` need not know of coros: it waits where
//! the stream waits. The server makes itself a certificate when it starts, and the client of the
//! demonstration trusts that one alone.
//!
//! ```text
//! cargo run --example tls                      server and clients in one program
//! cargo run --example tls -- 127.0.0.1:7443    the server alone, until ctrl-c
//! ```
//!
//! To try: serve, and ask with `curl --insecure https://127.0.0.1:7443/`; without `--insecure` curl
//! refuses, since it cannot know who made the certificate.

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use coros::net::{TcpListener, TcpStream};
use coros::{Builder, run, spawn, timeout};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};

/// How long a guest may take for everything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A certificate that vouches for itself, and how to serve with it.
fn identity() -> Result<(CertificateDer<'static>, Arc<ServerConfig>), Box<dyn Error>> {
    let names = ["localhost", "127.0.0.1"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names)?;
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)?;
    Ok((certificate, Arc::new(config)))
}

fn serve(listener: &TcpListener, config: &Arc<ServerConfig>) {
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => {
                let config = Arc::clone(config);
                spawn(move || host(stream, config));
            }
            // No reason to close: when guests leave, there are descriptors again.
            Err(error) => eprintln!("no guest has come in: {error}"),
        }
    }
}

fn host(stream: TcpStream, config: Arc<ServerConfig>) {
    let answered = timeout(PATIENCE, || answer(stream, config));
    if let Err(error) = answered.unwrap_or_else(|late| Err(late.into())) {
        eprintln!("a guest is gone: {error}");
    }
}

/// Answers one request, in as much HTTP as a browser needs; the first read shakes hands.
fn answer(stream: TcpStream, config: Arc<ServerConfig>) -> Result<(), Box<dyn Error>> {
    let connection = ServerConnection::new(config)?;
    let mut request = BufReader::new(StreamOwned::new(connection, stream)).take(8 << 10);
    let mut line = String::new();
    request.read_line(&mut line)?;
    let asked_for = line.split(' ').nth(1).unwrap_or("nothing").to_owned();
    while !line.trim().is_empty() {
        line.clear();
        request.read_line(&mut line)?;
    }
    let mut secure = request.into_inner().into_inner();
    let how = secure.conn.protocol_version().expect("hands were shaken");
    let text = format!("{asked_for}, asked for by {how:?}\n");
    let head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length:";
    write!(secure, "{head} {}\r\n\r\n{text}", text.len())?;
    // A stream that ends without this might have been cut off by anything between.
    secure.conn.send_close_notify();
    Ok(secure.flush()?)
}

fn ask(
    address: SocketAddr,
    config: Arc<ClientConfig>,
    path: &str,
) -> Result<String, Box<dyn Error>> {
    let connection = ClientConnection::new(config, ServerName::try_from("localhost")?)?;
    let mut secure = StreamOwned::new(connection, TcpStream::connect(address)?);
    write!(secure, "GET {path} HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    secure.read_to_string(&mut answer)?;
    let (_, text) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    Ok(text.to_owned())
}

fn demonstrate() -> Result<(), Box<dyn Error>> {
    let (certificate, served) = identity()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = Builder::new().name("server").daemon(true);
    server.spawn(move || serve(&listener, &served));

    let mut trusted = RootCertStore::empty();
    trusted.add(certificate)?;
    let trusting = |roots: RootCertStore| {
        let config = ClientConfig::builder().with_root_certificates(roots);
        Arc::new(config.with_no_client_auth())
    };
    let config = trusting(trusted);
    let clients = ["/one", "/two", "/three"].map(|path| {
        let config = Arc::clone(&config);
        spawn(move || ask(address, config, path).map_err(|error| error.to_string()))
    });
    for client in clients {
        print!("{}", client.join()??);
    }
    let refused = ask(address, trusting(RootCertStore::empty()), "/four");
    println!(
        "a client without trusted roots: {}",
        refused.err().ok_or("a secret is out")?
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| match env::args().nth(1) {
        None => demonstrate(),
        Some(address) => {
            let listener = TcpListener::bind(address)?;
            println!("listening on https://{}", listener.local_addr()?);
            serve(&listener, &identity()?.1);
            Ok(())
        }
    })?
}
