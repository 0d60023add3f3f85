//! Many attempts at once, but not too many, and a time for each.
//!
//! A permit is acquired before each task is spawned, so that there are never more tasks than attempts
//! allowed; each permit goes back when its task ends, however it ends. An attempt that brings no answer,
//! since a firewall swallows it, say, is broken off by its `timeout`.
//!
//! ```text
//! cargo run --example port_scanner                        a few ports of its own
//! cargo run --example port_scanner -- 127.0.0.1 1-1024    those that stand open elsewhere
//! ```
//!
//! To try: change how many attempts there are at a time, and look with `time` at what that does to the
//! scan of a host that does not answer at all. Scan your own machines only.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use coros::net::TcpStream;
use coros::sync::Semaphore;
use coros::{group, run, timeout};

const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, PartialEq, Debug)]
enum Port {
    Open,
    Closed,
    Silent,
}

fn look_at(address: SocketAddr) -> io::Result<Port> {
    match timeout(PATIENCE, || TcpStream::connect(address)) {
        Ok(Ok(_)) => Ok(Port::Open),
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(Port::Closed),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(Port::Silent),
    }
}

/// Looks at all of the ports, at so many at a time; says what it found, and how many it had under way.
fn scan(
    host: IpAddr,
    ports: impl IntoIterator<Item = u16>,
    at_a_time: usize,
) -> Result<(BTreeMap<u16, Port>, usize), Box<dyn Error>> {
    let found = RefCell::new(BTreeMap::new());
    let most = Cell::new(0);
    let permits = Semaphore::new(at_a_time);
    group(|attempts| {
        for port in ports {
            let permit = permits.acquire()?;
            most.set(most.get().max(at_a_time - permits.available()));
            let found = &found;
            attempts.spawn_result(move || {
                let _permit = permit;
                let state = look_at(SocketAddr::new(host, port))?;
                found.borrow_mut().insert(port, state);
                io::Result::Ok(())
            });
        }
        io::Result::Ok(())
    })??;
    Ok((found.into_inner(), most.get()))
}

/// A door that is known: how it stands, and the sockets that keep it so.
struct Door {
    state: Port,
    address: SocketAddr,
    _sockets: Vec<socket2::Socket>,
}

/// A door of our own. Each has a port of its own, which no other program can have meanwhile.
fn door(state: Port) -> io::Result<Door> {
    let socket = || socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let listener = socket()?;
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let bound = listener.local_addr()?;
    let mut sockets = vec![listener];
    match state {
        Port::Closed => {}
        Port::Open => sockets[0].listen(8)?,
        Port::Silent => {
            // There is one place to wait to be let in; when it is taken, no other guest is answered.
            sockets[0].listen(0)?;
            let first = socket()?;
            first.connect(&bound)?;
            sockets.push(first);
        }
    }
    let address = bound.as_socket().expect("it was bound to one");
    Ok(Door {
        state,
        address,
        _sockets: sockets,
    })
}

fn demonstrate() -> Result<(), Box<dyn Error>> {
    use Port::{Closed, Open, Silent};
    let doors = [Open, Closed, Open, Silent, Closed, Open, Silent].map(door);
    let doors = doors.into_iter().collect::<io::Result<Vec<_>>>()?;
    let ports = doors.iter().map(|door| door.address.port());
    let (found, most) = scan(Ipv4Addr::LOCALHOST.into(), ports, 3)?;
    for (door, number) in doors.iter().zip(1..) {
        let state = found[&door.address.port()];
        println!("door {number} is {:?}, and was found {state:?}", door.state);
    }
    println!("{most} attempts at a time");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(|| {
        let mut arguments = env::args().skip(1);
        let Some(host) = arguments.next() else {
            return demonstrate();
        };
        let range = arguments.next().unwrap_or("1-1024".to_owned());
        let (first, last) = range.split_once('-').unwrap_or((&range, &range));
        let (found, _) = scan(host.parse()?, first.parse()?..=last.parse()?, 500)?;
        for (port, _) in found.iter().filter(|(_, state)| **state == Port::Open) {
            println!("{host}:{port} is open");
        }
        println!("{} ports seen", found.len());
        Ok(())
    })?
}
