//! A chat: whatever a guest says, all others who are there hear.
//!
//! Each guest has two tasks that share one stream: one reads what the guest says, one writes what the others
//! say. They are a `group`, so neither outlives the other. Between the guests there is a broadcast
//! channel, where no guest waits for the slowest: who reads too slowly loses lines, and is told how many;
//! who does not read at all is shown the door.
//!
//! - `room.rs` is what the guests share.
//! - `demonstration.rs` sends some guests.
//!
//! ```text
//! cargo run --example chat                      a short evening, in one program
//! cargo run --example chat -- 127.0.0.1:7008    a room that is open until ctrl-c
//! ```
//!
//! To try: open the room, and enter it from several terminals with `nc 127.0.0.1 7008`. Stop one of them
//! with ctrl-z, let the others talk (`yes | nc` talks much), and let it go on with `fg`.

mod demonstration;
mod room;

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::rc::Rc;
use std::time::Duration;

use coros::channel::broadcast::{Receiver, RecvError};
use coros::net::{TcpListener, TcpStream};
use coros::{Builder, group, run, spawn, timeout};

use room::{Line, Room, Seat};

/// How many bytes a line may have: a guest that sends more fills no memory.
const LONGEST: u64 = 512;
/// How long a guest may take to say a name, or to take a line.
const PATIENCE: Duration = Duration::from_secs(30);

fn serve(listener: &TcpListener) {
    let room = Rc::new(Room::new());
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => {
                let room = Rc::clone(&room);
                spawn(move || host(&room, &stream));
            }
            // No reason to close: when guests leave, there are descriptors again.
            Err(error) => eprintln!("no guest has come in: {error}"),
        }
    }
}

/// Sees to a guest from the door to the door.
fn host(room: &Room, stream: &TcpStream) -> io::Result<()> {
    let mut input = BufReader::new(stream);
    let Some(seat) = seat(room, stream, &mut input)? else {
        return Ok(());
    };
    let heard = room.listen();
    write_line(stream, &format!("* here are: {}", room.who()))?;
    let told = group(|tasks| {
        let ear = tasks.spawn(|| {
            let told = hear(&heard, &seat.name, stream);
            // The guest does not read: let the other task find that there is an end.
            told.or_else(|_| stream.shutdown(Shutdown::Both))
        });
        let said = listen(room, &seat.name, &mut input);
        ear.cancel("the guest has left");
        said
    });
    told.map_err(io::Error::other)?
}

/// Asks for a name until it is one, and no other guest's.
fn seat<'r>(
    room: &'r Room,
    stream: &TcpStream,
    input: &mut impl BufRead,
) -> io::Result<Option<Seat<'r>>> {
    write_line(stream, "* what is your name?")?;
    while let Some(name) = timeout(PATIENCE, || read_line(input))?? {
        if !(1..=20).contains(&name.len()) || !name.chars().all(char::is_alphanumeric) {
            write_line(stream, "* a name has up to 20 letters; yours?")?;
            continue;
        }
        match room.enter(&name) {
            Some(seat) => return Ok(Some(seat)),
            None => write_line(stream, &format!("* {name} is here already; and you?"))?,
        }
    }
    Ok(None)
}

/// Passes on what the guest says, until there is no more.
fn listen(room: &Room, name: &Rc<str>, input: &mut impl BufRead) -> io::Result<()> {
    while let Some(text) = read_line(input)? {
        room.say(name, format!("{name}: {text}"));
    }
    Ok(())
}

/// Writes to the guest what the others say, until this is cancelled.
fn hear(heard: &Receiver<Line>, name: &Rc<str>, stream: &TcpStream) -> io::Result<()> {
    for line in heard {
        match line {
            Ok(line) if line.from == *name => {}
            Ok(line) => write_line(stream, &line.text)?,
            Err(RecvError::Lagged(count)) => {
                write_line(stream, &format!("* you are slow: {count} lines are lost"))?;
            }
            Err(_) => break,
        }
    }
    Ok(())
}

/// The next line, without what moves other people's cursors; `None` when the guest has hung up.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let length = input.take(LONGEST).read_until(b'\n', &mut line)?;
    if length as u64 == LONGEST && !line.ends_with(b"\n") {
        return Err(io::Error::other(format!("a line has over {LONGEST} bytes")));
    }
    let text = String::from_utf8_lossy(&line);
    let text = text.chars().filter(|c| !c.is_control()).collect();
    Ok((length > 0).then_some(text))
}

fn write_line(mut stream: &TcpStream, text: &str) -> io::Result<()> {
    timeout(PATIENCE, || {
        stream.write_all(format!("{text}\n").as_bytes())
    })?
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| {
        let address = env::args().nth(1);
        let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:0"))?;
        let bound = listener.local_addr()?;
        if address.is_some() {
            println!("listening on {bound}");
            serve(&listener);
            return Ok(());
        }
        let server = Builder::new().name("server").daemon(true);
        server.spawn(move || serve(&listener));
        demonstration::an_evening(bound)
    })?
}
