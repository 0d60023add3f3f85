//! Step 8, an echo server: all that went before, put together.
//!
//! `accept`, `read_line` and `say` are plain functions that wait somewhere inside: they call `ReadWait` and
//! `WriteWait` from as deep as they like. The classic course needs a last step here, trampolines: a
//! generator can only yield from its own frame, so each function that waits must be driven by hand. A
//! task has a whole stack, and stops with all its frames.
//!
//! `cargo run --example step8 -- broken` serves one guest after the other.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use coros::syscall::{ReadWait, WriteWait};
use coros::{Builder, call, run, sleep, spawn, timeout};

fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    call(ReadWait(listener))?;
    Ok(listener.accept()?.0)
}

/// Reads up to the end of a line, or of what is sent.
fn read_line(mut stream: &TcpStream) -> io::Result<String> {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        let mut byte = [0];
        call(ReadWait(stream))?;
        if stream.read(&mut byte)? == 0 {
            break;
        }
        line.extend(byte);
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn say(mut stream: &TcpStream, line: &str) -> io::Result<()> {
    call(WriteWait(stream))?;
    writeln!(stream, "{line}")
}

fn answer(stream: &TcpStream) -> io::Result<()> {
    let line = read_line(stream)?;
    say(stream, &format!("you said {line:?}"))
}

/// Serves each guest in a task of its own.
fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let guest = accept(listener)?;
        spawn(move || answer(&guest));
    }
}

/// Serves a guest, and only then the next one.
fn serve_one_by_one(listener: &TcpListener) -> io::Result<()> {
    loop {
        answer(&accept(listener)?)?;
    }
}

/// Comes, thinks, speaks, and waits for the answer, but not for ever.
fn visit(address: SocketAddr, name: &str, thinks: Duration) -> io::Result<()> {
    let stream = TcpStream::connect(address)?;
    sleep(thinks)?;
    say(&stream, name)?;
    match timeout(Duration::from_millis(100), || read_line(&stream)) {
        Ok(line) => println!("{name}: {}", line?),
        Err(_) => println!("{name}: no answer"),
    }
    Ok(())
}

fn demonstrate(serve: fn(&TcpListener) -> io::Result<()>) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = Builder::new().name("server").daemon(true);
    server.spawn(move || serve(&listener));
    let guests = [("slow", 300), ("quick", 0)].map(|(name, thinks)| {
        let thinks = Duration::from_millis(thinks);
        spawn(move || visit(address, name, thinks))
    });
    for guest in guests {
        guest.join().map_err(io::Error::other)??;
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let broken = std::env::args().any(|argument| argument == "broken");
    let serve = if broken { serve_one_by_one } else { serve };
    run(move || demonstrate(serve)).map_err(io::Error::other)?
}
