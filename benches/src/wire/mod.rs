//! The wire: servers in processes of their own on one core, and the load on them from another.
//!
//! ```text
//!   this process, load core                        its child, server core
//!   Server::start ───── runs itself anew ────────▶ serve: pins itself, tells its address
//!   Load          ◀──── sockets on loopback ─────▶ the subject
//!   Server::used  ───── "used" on its stdin ─────▶ control: processor time, resident bytes
//! ```
//!
//! The load is the same program for all subjects, and what it uses of its core counts for nobody.

pub mod control;
pub mod cores;
mod limits;
mod load;
mod server;
pub mod wrk;

use std::io;
use std::time::{Duration, Instant};

pub use limits::descriptors;
pub use load::{Exchange, Load};
pub use server::Server;

/// What went over the wire in a while, and what the server used for it.
pub struct Traffic {
    pub trips: u64,
    pub elapsed: Duration,
    /// The server's processor time.
    pub cpu: Duration,
}

impl Traffic {
    pub fn cpu_ns(&self) -> f64 {
        self.cpu.as_nanos() as f64 / self.trips as f64
    }

    pub fn per_second(&self) -> f64 {
        self.trips as f64 / self.elapsed.as_secs_f64()
    }
}

/// How long the load goes on: to warm up, and then by the clock.
#[derive(Clone, Copy)]
pub struct Spell {
    pub warm: Duration,
    pub timed: Duration,
}

/// Lets so many connections ask the server again and again, each as soon as it has its answer.
pub fn traffic(
    server: &mut Server,
    connections: usize,
    exchange: &Exchange,
    spell: Spell,
) -> io::Result<Traffic> {
    let mut load = Load::open(server.address, connections, exchange)?;
    load.begin()?;
    load.go_on(spell.warm)?;
    let before = server.used()?;
    let began = Instant::now();
    let trips = load.go_on(spell.timed)?;
    let elapsed = began.elapsed();
    let after = server.used()?;
    Ok(Traffic {
        trips,
        elapsed,
        cpu: after.cpu - before.cpu,
    })
}
