//! Fork, spawn, fork server: their time and their weight.
//!
//! The parent has 64 MiB of its own in memory. A forked child *maps* all of it and *owns* next to none:
//! parent and child have the same pages until one of them writes, and only then that page is copied. A
//! spawned child begins with nothing. A child of the fork server begins with what there was when the
//! server was started, here before the 64 MiB.
//!
//! Memory is that of `/proc/self/smaps_rollup`: `maps` is Rss, all pages in memory that the process can
//! see; `owns` are the private ones, which no other process has.
//!
//! `cargo run --example weigh_processes -- broken` starts the server late.

use std::cell::RefCell;
use std::fs;
use std::hint::black_box;
use std::io;
use std::process::ExitCode;
use std::time::Instant;

use coros::process::spawn::{Entry, spawn};
use coros::process::{ForkServer, SharedMemory, entries, fork};

const MIB: usize = 1 << 20;
const BALLAST: usize = 64 * MIB;
const PAGE: usize = 4096;

/// How many processes are made each way.
const ROUNDS: usize = 20;

thread_local! {
    /// What the parent has in memory.
    static DATA: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What a child says of itself, in MiB.
#[derive(Clone, Copy, Default)]
struct Weight {
    /// How much of the parent's data it finds in its memory.
    finds: f64,
    maps: f64,
    owns: f64,
    /// What it owns once it has written to all that it found.
    owns_then: f64,
}

impl Weight {
    fn of_this_process() -> Self {
        let finds = DATA.with_borrow(Vec::len) as f64 / MIB as f64;
        let (maps, owns) = memory();
        DATA.with_borrow_mut(|data| touch(data, 2));
        Self {
            finds,
            maps,
            owns,
            owns_then: memory().1,
        }
    }

    fn to_bytes(self) -> Vec<u8> {
        let fields = [self.finds, self.maps, self.owns, self.owns_then];
        fields
            .iter()
            .flat_map(|field| field.to_le_bytes())
            .collect()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let field = |at: usize| Some(f64::from_le_bytes(*bytes.get(at * 8..)?.first_chunk()?));
        let (finds, maps) = (field(0)?, field(1)?);
        Some(Self {
            finds,
            maps,
            owns: field(2)?,
            owns_then: field(3)?,
        })
    }
}

/// Writes to each page.
fn touch(data: &mut [u8], value: u8) {
    data.iter_mut().step_by(PAGE).for_each(|byte| *byte = value);
    black_box(data);
}

/// What this process maps, and what it owns, in MiB; zero where the system does not tell.
fn memory() -> (f64, f64) {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let of = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u32>().ok());
        f64::from(kib.unwrap_or(0)) / 1024.0
    };
    (of("Rss:"), of("Private_Clean:") + of("Private_Dirty:"))
}

fn weigh(_: &[u8]) -> Vec<u8> {
    Weight::of_this_process().to_bytes()
}

/// Only says that it lives.
fn live(_: &[u8]) -> Vec<u8> {
    Vec::new()
}

/// A way to make a process that does this, and to wait for what it says.
type Way<'w> = &'w dyn Fn(&'static str) -> io::Result<Vec<u8>>;

fn by_fork(what: &'static str) -> io::Result<Vec<u8>> {
    let answer = SharedMemory::new(size_of::<Weight>())?;
    let child = fork(|| {
        let said = if what == "weigh" {
            weigh(b"")
        } else {
            live(b"")
        };
        i32::from(answer.write_at(0, &said).is_err())
    });
    child?.wait()?;
    let mut said = vec![0; answer.len()];
    answer.read_at(0, &mut said)?;
    Ok(said)
}

fn by_spawn(what: &'static str) -> io::Result<Vec<u8>> {
    Ok(spawn(what, b"")?.wait()?)
}

/// What the fork server can do.
const TABLE: &[Entry] = &[live, weigh];

fn by(server: &ForkServer) -> impl Fn(&'static str) -> io::Result<Vec<u8>> {
    |what| Ok(server.call(usize::from(what == "weigh"), b"")?)
}

/// From the order to the end of a process that does nothing, in microseconds: the shortest of several
/// times, since all others were disturbed.
fn time(way: Way) -> io::Result<u128> {
    let mut shortest = u128::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        way("live")?;
        shortest = shortest.min(begun.elapsed().as_micros());
    }
    Ok(shortest)
}

fn tell(name: &str, way: Way) -> io::Result<()> {
    let micros = time(way)?;
    let weight = Weight::from_bytes(&way("weigh")?).unwrap_or_default();
    let Weight {
        finds,
        maps,
        owns,
        owns_then,
    } = weight;
    println!("{name:20} {micros:>6} {finds:>10} {maps:>9.1} {owns:>9.1} {owns_then:>14.1}");
    Ok(())
}

fn fill() {
    DATA.set(vec![0; BALLAST]);
    DATA.with_borrow_mut(|data| touch(data, 1));
}

fn lesson(broken: bool) -> io::Result<()> {
    println!(
        "{:20} {:>6} {:>10} {:>9} {:>9} {:>14}",
        "a child by", "µs", "finds MiB", "maps MiB", "owns MiB", "once it wrote"
    );
    let early = ForkServer::start(TABLE)?;
    tell("fork, small parent", &by_fork)?;
    fill();
    tell("fork", &by_fork)?;
    tell("spawn", &by_spawn)?;
    match broken {
        false => tell("fork server", &by(&early)),
        true => tell("fork server, late", &by(&ForkServer::start(TABLE)?)),
    }
}

fn main() -> ExitCode {
    entries(&[("weigh", weigh), ("live", live)]);
    let broken = std::env::args().any(|argument| argument == "broken");
    match lesson(broken) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
