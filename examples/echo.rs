//! An echo server: each guest has a task of its own.
//!
//! Reading and writing look as with `std::net`, and block as there, but only the task that does it. Three
//! guests come and say nothing at first, so that four tasks of the server wait in `accept` and `read`; the
//! ticker ticks nevertheless. Compare `echo_blocking`.
//!
//! ```text
//! cargo run --example echo                      server and guests in one program
//! cargo run --example echo -- 127.0.0.1:7007    the server alone, until ctrl-c
//! ```
//!
//! To try: serve, and talk to it from several terminals with `nc 127.0.0.1 7007`.

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::time::Duration;

use coros::net::{TcpListener, TcpStream};
use coros::sync::Event;
use coros::{Builder, interval, run, spawn};

fn serve(listener: &TcpListener) {
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => _ = spawn(move || echo(&stream)),
            // No reason to close: when guests leave, there are descriptors again.
            Err(error) => eprintln!("no guest has come in: {error}"),
        }
    }
}

/// Hands back what comes, until the guest has said all.
fn echo(stream: &TcpStream) -> io::Result<u64> {
    let (mut ear, mut mouth) = (stream, stream);
    io::copy(&mut ear, &mut mouth)
}

/// Comes at once, and speaks when it is time.
fn visit(address: SocketAddr, name: &str, speak: &Event) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    speak.wait()?;
    writeln!(stream, "hello, this is {name}")?;
    let mut answer = String::new();
    BufReader::new(&stream).read_line(&mut answer)?;
    Ok(answer)
}

fn demonstrate() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    // A daemon is not waited for: the program ends when the guests have gone.
    let server = Builder::new().name("server").daemon(true);
    server.spawn(move || serve(&listener));

    let speak = Event::new();
    let guests = ["Ada", "Grace", "Barbara"].map(|name| {
        let speak = speak.clone();
        spawn(move || visit(address, name, &speak).map_err(|error| error.to_string()))
    });
    let mut ticker = interval(Duration::from_millis(10));
    for tick in 1..=3 {
        ticker.tick()?;
        println!("tick {tick}");
    }
    speak.set();
    for guest in guests {
        print!("echo: {}", guest.join()??);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| match env::args().nth(1) {
        None => demonstrate(),
        Some(address) => {
            let listener = TcpListener::bind(address)?;
            println!("listening on {}", listener.local_addr()?);
            serve(&listener);
            Ok(())
        }
    })?
}
