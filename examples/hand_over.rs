//! What it costs to hand data to a process, a thread, a task.
//!
//! A piece of data goes to the other side, which looks at its end and says so. Through a pipe it is
//! copied twice, whatever is behind it. In memory that both sides see only the word goes to and fro;
//! through a channel the piece itself does, as a pointer, since both sides have the same memory.

use std::hint::black_box;
use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Instant;

use coros::channel::bounded;
use coros::process::{SharedMemory, fork};
use coros::{run, smp, spawn};

const SIZES: [usize; 2] = [64, 1 << 20];
const ROUNDS: u32 = 200;

/// Microseconds of a round; of all rounds, three in four take longer: many are disturbed.
fn time(mut round: impl FnMut() -> io::Result<()>) -> io::Result<f64> {
    let timed = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        round()?;
        Ok(begun.elapsed())
    });
    let mut times = timed.collect::<io::Result<Vec<_>>>()?;
    times.sort();
    Ok(times[times.len() / 4].as_secs_f64() * 1e6)
}

/// Takes each piece, looks at it, and says so.
fn take(
    mut pieces: &PipeReader,
    mut word: &PipeWriter,
    len: usize,
    look: impl Fn(&[u8]),
) -> io::Result<()> {
    let mut piece = vec![0; len];
    for _ in 0..ROUNDS {
        pieces.read_exact(&mut piece)?;
        look(&piece);
        word.write_all(b".")?;
    }
    Ok(())
}

/// Gives pieces, and waits each time until it is said that they are taken.
fn give(mut pieces: &PipeWriter, mut word: &PipeReader, len: usize) -> io::Result<f64> {
    let piece = vec![1; len];
    time(|| {
        pieces.write_all(&piece)?;
        word.read_exact(&mut [0])
    })
}

fn see(piece: &[u8]) {
    assert_eq!(black_box(piece).last(), Some(&1));
}

fn to_a_process(len: usize, look: impl Fn(&[u8])) -> io::Result<f64> {
    let ((pieces, gives), (hears, word)) = (pipe()?, pipe()?);
    let child = fork(|| i32::from(take(&pieces, &word, len, look).is_err()))?;
    // So that each side hears of the other's end.
    drop((pieces, word));
    let took = give(&gives, &hears, len);
    child.wait()?;
    took
}

fn process_by_pipe(len: usize) -> io::Result<f64> {
    to_a_process(len, see)
}

/// The piece is where both see it: a byte tells that it is ready.
fn process_by_memory(len: usize) -> io::Result<f64> {
    let memory = SharedMemory::new(len)?;
    let end = || memory.cells().last().expect("it has some");
    end().store(1, Relaxed);
    to_a_process(1, |_| assert_eq!(end().load(Relaxed), 1))
}

fn thread_by_pipe(len: usize) -> io::Result<f64> {
    let ((pieces, gives), (hears, word)) = (pipe()?, pipe()?);
    thread::scope(|scope| {
        let taker = scope.spawn(move || take(&pieces, &word, len, see));
        let took = give(&gives, &hears, len);
        taker.join().expect("it does not panic")?;
        took
    })
}

/// The piece goes to the other side, and comes back.
fn thread_by_channel(len: usize) -> io::Result<f64> {
    let ((gives, pieces), (back, again)) = (smp::channel::<Vec<u8>>(1), smp::channel(1));
    let taker = thread::spawn(move || {
        for piece in pieces {
            see(&piece);
            back.send(piece).expect("it is wanted");
        }
    });
    let mut piece = vec![1; len];
    let took = time(|| {
        let given = std::mem::take(&mut piece);
        gives.send(given).map_err(io::Error::other)?;
        piece = again.recv().map_err(io::Error::other)?;
        Ok(())
    });
    drop(gives);
    taker.join().expect("it does not panic");
    took
}

fn task_by_channel(len: usize) -> io::Result<f64> {
    let took = run(move || {
        let ((gives, pieces), (back, again)) = (bounded::<Vec<u8>>(1), bounded(1));
        spawn(move || {
            pieces.iter().try_for_each(|piece| {
                see(&piece);
                back.send(piece)
            })
        });
        let mut piece = vec![1; len];
        time(|| {
            let given = std::mem::take(&mut piece);
            gives.send(given).map_err(io::Error::other)?;
            piece = again.recv().map_err(io::Error::other)?;
            Ok(())
        })
    });
    took.map_err(io::Error::other)?
}

/// A way to hand over pieces of so many bytes; says how long one takes.
type Way = fn(usize) -> io::Result<f64>;

fn main() -> io::Result<()> {
    println!("there and back, in µs               64 bytes     1 MiB");
    // Processes first: one that has threads may not fork.
    for (name, way) in [
        ("to a process, through a pipe", process_by_pipe as Way),
        ("to a process, in shared memory", process_by_memory),
        ("to a thread, through a pipe", thread_by_pipe),
        ("to a thread, through a channel", thread_by_channel),
        ("to a task, through a channel", task_by_channel),
    ] {
        let [small, large] = SIZES.map(way);
        println!("{name:<32} {:>11.1} {:>9.1}", small?, large?);
    }
    Ok(())
}
