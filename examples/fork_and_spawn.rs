//! `fork`, `spawn`, `ForkServer`: what each carries over.
//!
//! | | begins with | descriptors | wants |
//! |---|---|---|---|
//! | fork | a copy of all memory | the same open files | a single thread |
//! | spawn | nothing: `main` again | input, output, error | a table of entries |
//! | fork server | a copy of what was when it started | those of then | to be started early |
//!
//! What differs from run to run, times and memory, goes to standard error.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom};
use std::process::ExitCode;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use coros::process::spawn::spawn;
use coros::process::{ForkServer, SharedMemory, entries, fork};

const ROUNDS: u32 = 20;

thread_local! {
    /// What the program has learnt since it began.
    static KNOWN: Cell<u32> = const { Cell::new(1) };
}

fn known(_: &[u8]) -> Vec<u8> {
    KNOWN.get().to_string().into_bytes()
}

fn weigh(_: &[u8]) -> Vec<u8> {
    own_memory().to_le_bytes().to_vec()
}

/// This process's share of memory in KiB: what several have in common is divided among them.
fn own_memory() -> u64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let line = rollup.lines().find(|line| line.starts_with("Pss:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0)
}

fn memory_is_copied() -> io::Result<()> {
    KNOWN.set(2);
    let child = fork(|| {
        KNOWN.set(KNOWN.get() + 40);
        println!("fork: the child knows {}", KNOWN.get());
        0
    });
    child?.wait()?;
    println!("fork: the parent knows {}", KNOWN.get());
    Ok(())
}

fn shared_memory_is_not() -> io::Result<()> {
    let memory = SharedMemory::new(8)?;
    let add = || {
        for _ in 0..1000 {
            memory.cells()[0].fetch_add(1, SeqCst);
        }
        0
    };
    for child in [fork(add)?, fork(add)?, fork(add)?, fork(add)?] {
        child.wait()?;
    }
    let sum = memory.cells()[0].load(SeqCst);
    println!("shared memory: 4 children have counted to {sum}");
    Ok(())
}

fn open_files_are_shared() -> io::Result<()> {
    let mut file = File::open("/proc/self/exe")?;
    let child = fork(|| i32::from((&file).seek(SeekFrom::Start(1234)).is_err()));
    child?.wait()?;
    println!(
        "open file: the child has moved it to {}",
        file.stream_position()?
    );
    Ok(())
}

fn others_do_not_know(server: &ForkServer) -> io::Result<()> {
    let text = |bytes| String::from_utf8_lossy(&bytes as &Vec<u8>).into_owned();
    println!(
        "fork server: its child knows {}",
        text(server.call(0, b"")?)
    );
    println!(
        "spawn: the child knows {}",
        text(spawn("known", b"")?.wait()?)
    );
    Ok(())
}

/// Makes processes in one way, and says how long one takes, and what it weighs.
fn measure(way: &str, mut make: impl FnMut() -> io::Result<u64>) -> io::Result<()> {
    let mut kib = 0;
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        kib = make()?;
    }
    let each: Duration = begun.elapsed() / ROUNDS;
    eprintln!("{way:<12} {:>7} µs {kib:>7} KiB", each.as_micros());
    Ok(())
}

fn compare(server: &ForkServer) -> io::Result<()> {
    // The more the parent has, the more there is to copy: page by page, and only once it changes.
    let ballast = vec![1_u8; 64 << 20];
    let number = |bytes: Vec<u8>| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let seen = SharedMemory::new(8)?;
    measure("fork", || {
        let child = fork(|| {
            seen.cells()[0].store(own_memory(), SeqCst);
            0
        });
        child?.wait()?;
        Ok(seen.cells()[0].load(SeqCst))
    })?;
    measure("fork server", || Ok(number(server.call(1, b"")?)))?;
    measure("spawn", || Ok(number(spawn("weigh", b"")?.wait()?)))?;
    drop(ballast);
    Ok(())
}

fn lesson() -> io::Result<()> {
    let server = ForkServer::start(&[known, weigh])?;
    memory_is_copied()?;
    shared_memory_is_not()?;
    open_files_are_shared()?;
    others_do_not_know(&server)?;
    compare(&server)
}

fn main() -> ExitCode {
    entries(&[("known", known), ("weigh", weigh)]);
    match lesson() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
