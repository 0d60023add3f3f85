//! WebSockets: the crate `tungstenite`, as it is, in tasks.
//!
//! Each guest has a task, which reads messages and sends them back. The crate is the one for threads: it
//! asks for `std::io::{Read, Write}` and blocks in them, here the task alone.
//!
//! ```text
//! cargo run --example websocket                      server and clients in one program
//! cargo run --example websocket -- 127.0.0.1:7009    the server alone, until ctrl-c
//! ```
//!
//! To try: serve, open any page in a browser, and say in its console
//!
//! ```text
//! s = new WebSocket("ws://127.0.0.1:7009"); s.onmessage = m => console.log(m.data); s.onopen = () => s.send("hi")
//! ```

use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::net::SocketAddr;

use coros::net::{TcpListener, TcpStream};
use coros::{Builder, run, spawn};
use tungstenite::handshake::{HandshakeError, HandshakeRole};
use tungstenite::{Message, WebSocket};

fn serve(listener: &TcpListener) {
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => _ = spawn(move || echo(stream)),
            // No reason to close: when guests leave, there are descriptors again.
            Err(error) => eprintln!("no guest has come in: {error}"),
        }
    }
}

/// Sends back what comes, until the guest says good-bye.
fn echo(stream: TcpStream) -> tungstenite::Result<()> {
    let mut socket = tungstenite::accept(stream).map_err(failure)?;
    loop {
        match socket.read() {
            Ok(message @ (Message::Text(_) | Message::Binary(_))) => socket.send(message)?,
            // The crate answers pings and good-byes by itself.
            Ok(_) => {}
            Err(tungstenite::Error::ConnectionClosed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// What went wrong with a handshake: not that it has to wait, since our streams do that themselves.
fn failure<R: HandshakeRole>(error: HandshakeError<R>) -> tungstenite::Error {
    match error {
        HandshakeError::Failure(error) => error,
        HandshakeError::Interrupted(_) => unreachable!("the stream never says that it would block"),
    }
}

/// Sends the words one by one; says what came back.
fn visit(address: SocketAddr, words: &[&str]) -> tungstenite::Result<Vec<String>> {
    let url = format!("ws://{address}/");
    let stream = TcpStream::connect(address)?;
    let (mut socket, _) = tungstenite::client(url, stream).map_err(failure)?;
    let mut heard = Vec::new();
    for word in words {
        socket.send(Message::text(*word))?;
        heard.push(socket.read()?.to_text()?.to_owned());
    }
    say_goodbye(socket)?;
    Ok(heard)
}

/// Closes in order: says good-bye, and waits until the other side has said so, too.
fn say_goodbye<S: Read + Write>(mut socket: WebSocket<S>) -> tungstenite::Result<()> {
    socket.close(None)?;
    loop {
        match socket.read() {
            Ok(_) => {}
            Err(tungstenite::Error::ConnectionClosed) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn demonstrate() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = Builder::new().name("server").daemon(true);
    server.spawn(move || serve(&listener));

    let talks: [&[&str]; 3] = [
        &["who", "goes", "there"],
        &["it", "is", "me"],
        &["café", "日本語"],
    ];
    let guests = talks.map(|words| spawn(move || visit(address, words)));
    for guest in guests {
        println!("{}", guest.join()??.join(" "));
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| match env::args().nth(1) {
        None => demonstrate(),
        Some(address) => {
            let listener = TcpListener::bind(address)?;
            println!("listening on ws://{}", listener.local_addr()?);
            serve(&listener);
            Ok(())
        }
    })?
}
