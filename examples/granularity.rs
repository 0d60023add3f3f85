//! A second of work in pieces of 1 s to 10 µs, beside keys.
//!
//! After each piece the work gives way, and that has a price: 5 µs here, about what a switch from thread
//! to thread takes with all that it does to caches. A key is pressed each 53 ms, and wants an answer. The
//! reader makes 20 reads of 40 ms, one after the other, and needs the CPU only to ask for the next one.
//! Time is virtual: all figures are exact.

use std::time::{Duration, Instant};

use coros::syscall::Now;
use coros::{Clock, JoinHandle, Scheduler, Stuck, call, compute, sleep, sleep_until, yield_now};

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

const WORK: Duration = ms(1000);
const PRICE: Duration = Duration::from_micros(5);

/// Does the work in so many pieces, and gives way after each.
fn work(pieces: u32) {
    for _ in 0..pieces {
        compute(WORK / pieces + PRICE).expect("nothing interrupts it");
        yield_now();
    }
}

/// Waits for a key to be pressed; returns how long it waited for its answer.
fn answer(pressed: Instant) -> Duration {
    sleep_until(pressed).expect("nothing interrupts it");
    call(Now) - pressed
}

fn read() {
    for _ in 0..20 {
        sleep(ms(40)).expect("nothing interrupts it");
    }
}

/// Lets all of them run; prints a line of the table.
fn serve(pieces: u32) -> Result<(), Stuck> {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let start = sched.now();
    let keys = (1..=18).map(|key| start + ms(53) * key);
    let keys: Vec<_> = keys
        .map(|pressed| sched.spawn(move || answer(pressed)))
        .collect();
    let reader = sched.spawn(move || {
        read();
        call(Now) - start
    });
    let worker = sched.spawn(move || {
        work(pieces);
        call(Now) - start
    });
    sched.run()?;
    let mut answers: Vec<_> = keys.iter().map(ended_with).collect();
    answers.sort();
    let median = in_ms(answers[answers.len() / 2]);
    let slowest = in_ms(answers[answers.len() - 1]);
    let [work, reads] = [worker, reader].map(|task| in_ms(ended_with(&task)));
    let piece = in_ms(WORK / pieces);
    println!("{piece:>8} {work:>10.1} {median:>12.2} {slowest:>8.2} {reads:>12.1}");
    Ok(())
}

fn ended_with(task: &JoinHandle<Duration>) -> Duration {
    task.join().expect("it returns")
}

fn in_ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn main() -> Result<(), Stuck> {
    println!("all in ms          key waits for");
    println!("   piece  work done       median  slowest  reads done");
    for pieces in [1, 10, 100, 1000, 10_000, 100_000] {
        serve(pieces)?;
    }
    Ok(())
}
