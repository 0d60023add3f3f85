//! Servers that do not answer, and how not to wait for them.
//!
//! Three servers are asked: one answers at once, one never does, and one sends a byte now and then, for
//! ever. The last shows why it is not enough to limit each read: every one of them is quick. A `timeout`
//! around the whole question limits all of it, the connecting too, and what is asked need not know.
//! A client that asks several at a time can wait for all of them up to a limit, or for the first answer.
//!
//! ```text
//! cargo run --example slow_server                      servers and clients in one program
//! cargo run --example slow_server -- 127.0.0.1:7010    the server that never answers, until ctrl-c
//! ```
//!
//! To try: serve, and see what your programs do with a server like this: `curl http://127.0.0.1:7010/`.

use std::env;
use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use coros::net::{TcpListener, TcpStream};
use coros::{Builder, JoinHandle, run, sleep, spawn, timeout, wait_all, wait_any};

const PATIENCE: Duration = Duration::from_millis(500);

/// How a server treats a client that asks it.
type Manner = fn(&TcpStream) -> io::Result<()>;

fn prompt(mut stream: &TcpStream) -> io::Result<()> {
    io::copy(&mut stream, &mut io::sink())?;
    stream.write_all(b"here you are")
}

/// Reads all that comes, says nothing, and does not hang up either.
fn never(mut stream: &TcpStream) -> io::Result<()> {
    io::copy(&mut stream, &mut io::sink())?;
    Ok(sleep(Duration::MAX)?)
}

fn dripping(mut stream: &TcpStream) -> io::Result<()> {
    loop {
        stream.write_all(b".")?;
        sleep(PATIENCE / 10)?;
    }
}

fn serve(listener: &TcpListener, manner: Manner) {
    for stream in listener.incoming().flatten() {
        // No guest is waited for at the end; and that a guest hangs up is no news here.
        Builder::new().daemon(true).spawn(move || manner(&stream));
    }
}

fn server(manner: Manner) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = Builder::new().name("server").daemon(true);
    server.spawn(move || serve(&listener, manner));
    Ok(address)
}

/// Asks, however long it takes.
fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"please")?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Asks all of them at the same time.
fn ask_all(servers: &[(&str, SocketAddr)]) -> Vec<JoinHandle<io::Result<String>>> {
    let asking = |&(_, address): &(&str, SocketAddr)| spawn(move || ask(address));
    servers.iter().map(asking).collect()
}

fn demonstrate() -> Result<(), Box<dyn Error>> {
    let servers = [
        ("dripping", server(dripping)?),
        ("never", server(never)?),
        ("prompt", server(prompt)?),
    ];
    println!("one after the other, each with a time of its own:");
    for (name, address) in servers {
        match timeout(PATIENCE, || ask(address)) {
            Ok(answer) => println!("  {name}: {}", answer?),
            Err(late) => println!("  {name}: {late}"),
        }
    }
    println!("all at once, with one time for all:");
    let asked = ask_all(&servers);
    let waited = wait_all(&asked, PATIENCE)?;
    for at in waited.done {
        println!("  {}: {}", servers[at].0, asked[at].join()??);
    }
    for at in waited.pending {
        asked[at].cancel("the time is over");
        let why = asked[at].join()?.expect_err("it was broken off");
        println!("  {}: {why}", servers[at].0);
    }
    println!("the first that answers:");
    let asked = ask_all(&servers);
    let first = wait_any(&asked, None)?.done[0];
    println!("  {}: {}", servers[first].0, asked[first].join()??);
    for other in &asked {
        other.cancel("another was faster");
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| match env::args().nth(1) {
        None => demonstrate(),
        Some(address) => {
            let listener = TcpListener::bind(address)?;
            println!("listening on {}", listener.local_addr()?);
            serve(&listener, never);
            Ok(())
        }
    })?
}
