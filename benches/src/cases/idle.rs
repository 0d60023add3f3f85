//! `idle`: connections on which nothing comes; what each weighs in the server.
//!
//! Each has been served once: 64 bytes there and back. A task with a stack of its own weighs a page at
//! least, so there is no goal here.

use super::servers::IDLE;
use crate::Findings;
use crate::measure::{Effort, median};
use crate::report::{self, COROS, Figure, Of};
use crate::subjects::exchanges;
use crate::wire::cores::on_load_core;
use crate::wire::{Load, Server, descriptors};

const SUBJECTS: [&str; 2] = [COROS, "tokio"];

pub fn run(effort: &Effort) -> Findings {
    let asked = effort.scale(20_000, 200);
    let connections = asked.min(descriptors());
    if connections < asked {
        println!("\nnote: the limit on open files allows {connections} of {asked} connections");
    }
    let mut bytes = [Vec::new(), Vec::new()];
    for _ in 0..effort.brief().rounds {
        for (subject, bytes) in SUBJECTS.iter().zip(&mut bytes) {
            let weighed = on_load_core(|| weigh(subject, connections));
            bytes.push(weighed.map_err(|error| format!("{IDLE}: {subject}: {error}"))?);
        }
    }
    let [coros, tokio] = bytes.map(median);
    let figure = |subject, value| Figure {
        subject,
        metric: "bytes_each",
        value,
        at_most: None,
    };
    let figures = [figure(COROS, coros), figure("tokio", tokio)];
    Ok(report::figures(
        IDLE,
        Of::Connections(connections),
        &figures,
    ))
}

/// How much a fresh server grows with each connection.
fn weigh(subject: &str, connections: usize) -> std::io::Result<f64> {
    let mut server = Server::start(IDLE, subject)?;
    let echo = exchanges::echo();
    // What the first one needs, all of them share.
    drop(Load::open(server.address, 1, &echo)?);
    let before = server.used()?.resident_bytes;
    let _open = Load::open(server.address, connections, &echo)?;
    let after = server.used()?.resident_bytes;
    Ok(after.saturating_sub(before) as f64 / connections as f64)
}
