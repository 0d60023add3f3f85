//! `echo`, `http`: what a server uses of its core for a round trip, and how many it does in a second.
//!
//! Echo: 64 bytes there and back, on 1 to 4,000 connections. Http: "Hello, World!" on 64 of them,
//! asked for by the same load as echo, and by wrk if it is installed.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::servers::{ECHO, HTTP};
use crate::Findings;
use crate::measure::{Effort, median};
use crate::report::{self, Bound, COROS, Entry, Figure, Of};
use crate::subjects::exchanges;
use crate::wire::cores::on_load_core;
use crate::wire::{self, Server, Spell, Traffic, descriptors, wrk};

/// How long wrk asks, in seconds, which is the least it does.
const WRK_SECONDS: u64 = 1;

/// Lets the load work on a server for a while.
type Ask = fn(&mut Server, usize, Spell) -> io::Result<Traffic>;

/// Medians over the rounds; of pairs, of the ratios in each round, which noise that lasts longer than a
/// round does not change.
struct Metric {
    name: &'static str,
    of: fn(&Traffic) -> f64,
}

const CPU: Metric = Metric {
    name: "cpu_ns",
    of: Traffic::cpu_ns,
};
const RATE: Metric = Metric {
    name: "per_second",
    of: Traffic::per_second,
};

/// A subject, and what it did round by round.
type Told = (&'static str, Vec<Traffic>);

pub fn run_echo(effort: &Effort) -> Findings {
    let counts: &[usize] = match effort.is_smoke() {
        true => &[1, 8],
        false => &[1, 8, 64, 1_000, 4_000],
    };
    let most = descriptors();
    let mut entries = Vec::new();
    for connections in counts.iter().map(|&many| many.min(most)) {
        let subjects = [COROS, "mio", "tokio", "may"];
        let told = traffics(ECHO, &subjects, connections, ask_echo, effort)?;
        entries.extend(tell(ECHO, connections, &told));
        judge(&told, &CPU, goal(Bound::AtMost(1.0), effort));
        judge(&told, &RATE, None);
    }
    Ok(entries)
}

pub fn run_http(effort: &Effort) -> Findings {
    let connections = effort.scale(64, 8);
    let mut loads = vec![(HTTP, ask_http as Ask)];
    match wrk::is_installed() {
        // It takes a second at least.
        _ if effort.is_smoke() => {}
        true => loads.push(("http_wrk", ask_with_wrk)),
        false => {
            println!("\nnote: wrk is not installed, so http is measured with our own load alone")
        }
    }
    let mut entries = Vec::new();
    for (case, ask) in loads {
        let told = traffics(HTTP, &[COROS, "hyper"], connections, ask, effort)?;
        entries.extend(tell(case, connections, &told));
        judge(&told, &RATE, goal(Bound::AtLeast(1.0), effort));
        judge(&told, &CPU, goal(Bound::AtMost(1.0), effort));
    }
    Ok(entries)
}

fn ask_echo(server: &mut Server, connections: usize, spell: Spell) -> io::Result<Traffic> {
    on_load_core(|| wire::traffic(server, connections, &exchanges::echo(), spell))
}

fn ask_http(server: &mut Server, connections: usize, spell: Spell) -> io::Result<Traffic> {
    on_load_core(|| wire::traffic(server, connections, &exchanges::http(), spell))
}

/// Has one answer looked at closely, for wrk does not.
fn ask_with_wrk(server: &mut Server, connections: usize, _: Spell) -> io::Result<Traffic> {
    drop(wire::Load::open(server.address, 1, &exchanges::http())?);
    wrk::traffic(server, connections, WRK_SECONDS)
}

/// Asks all subjects in turns, round after round.
fn traffics(
    case: &str,
    subjects: &[&'static str],
    connections: usize,
    ask: Ask,
    effort: &Effort,
) -> Result<Vec<Told>, Box<dyn Error>> {
    let [warm, timed] = match effort.is_smoke() {
        true => [1, 10],
        false => [100, 500],
    };
    let spell = Spell {
        warm: Duration::from_millis(warm),
        timed: Duration::from_millis(timed),
    };
    let mut servers = Vec::new();
    for &subject in subjects {
        servers.push((subject, Server::start(case, subject)?, Vec::new()));
    }
    for _ in 0..effort.rounds {
        for (subject, server, traffics) in &mut servers {
            let traffic = ask(server, connections, spell);
            traffics.push(traffic.map_err(|error| format!("{case}: {subject}: {error}"))?);
        }
    }
    let told = |(subject, _, traffics)| (subject, traffics);
    Ok(servers.into_iter().map(told).collect())
}

fn tell(case: &'static str, connections: usize, told: &[Told]) -> Vec<Entry> {
    let figure = |(subject, traffics): &Told, metric: &Metric| Figure {
        subject,
        metric: metric.name,
        value: median(traffics.iter().map(metric.of).collect()),
        at_most: None,
    };
    let figures: Vec<_> = told
        .iter()
        .flat_map(|told| [figure(told, &CPU), figure(told, &RATE)])
        .collect();
    report::figures(case, Of::Connections(connections), &figures)
}

/// Figures of a moment say nothing.
fn goal(bound: Bound, effort: &Effort) -> Option<Bound> {
    (!effort.is_smoke()).then_some(bound)
}

/// Prints how coros stands to each of its peers.
fn judge(told: &[Told], metric: &Metric, bound: Option<Bound>) {
    let ((_, coros), peers) = told.split_first().expect("coros is the first subject");
    for (peer, traffics) in peers {
        let pairs = coros.iter().zip(traffics);
        let ratios = pairs.map(|(ours, theirs)| (metric.of)(ours) / (metric.of)(theirs));
        report::ratio(peer, metric.name, median(ratios.collect()), bound);
    }
}
