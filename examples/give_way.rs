//! What it costs to give way, measured.
//!
//! The same items are worked on with so many between two turns, beside a few timers. A yield is cheap
//! since the loop does not look at the clock each time: while a task is ready, it does so once in 61
//! turns, or in fewer, if they are long. A sleep leaves no task ready, if no other is: then the loop looks
//! at once. All figures are measured; those of a release build are lower.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use coros::{Interrupted, run, sleep, sleep_until, spawn, yield_now};

const ITEMS: u32 = 1 << 18;

/// What lets the others have their turns.
type GiveWay = fn() -> Result<(), Interrupted>;

type Measured<T> = Result<T, Box<dyn Error>>;

/// An item of work: a random number's worth of shifts.
fn work_on(item: u32) -> u32 {
    (0..8).fold(item | 1, |mut word, _| {
        word ^= word << 13;
        word ^= word >> 17;
        word ^ word << 5
    })
}

/// Does all items, and gives way after so many.
fn work_in_pieces(most: u32, give_way: GiveWay) -> Result<(), Interrupted> {
    for first in (0..ITEMS).step_by(most as usize) {
        for item in first..first + most {
            black_box(work_on(black_box(item)));
        }
        give_way()?;
    }
    Ok(())
}

fn take_turns() -> Result<(), Interrupted> {
    yield_now();
    Ok(())
}

fn sleep_for_no_time() -> Result<(), Interrupted> {
    sleep(Duration::ZERO)
}

/// Sets four timers, one after the other; returns how late the latest went off.
fn set_timers() -> Result<Duration, Interrupted> {
    let late = |_| {
        let due = Instant::now() + Duration::from_millis(2);
        sleep_until(due)?;
        Ok(due.elapsed())
    };
    (0..4)
        .map(late)
        .try_fold(Duration::ZERO, |latest, late| Ok(latest.max(late?)))
}

/// How long the work took, and how late the latest timer was.
fn measure(most: u32, give_way: GiveWay) -> Measured<(Duration, Duration)> {
    run(move || {
        let timers = spawn(set_timers);
        yield_now();
        let start = Instant::now();
        work_in_pieces(most, give_way)?;
        let took = start.elapsed();
        Ok((took, timers.join()??))
    })?
}

/// The same in nanoseconds an item and in milliseconds, as the quickest of three runs has it: what else
/// the machine does counts less so.
fn figures(most: u32, give_way: GiveWay) -> Measured<(u128, f64)> {
    let (mut took, mut late) = measure(most, give_way)?;
    for _ in 1..3 {
        (took, late) = (took, late).min(measure(most, give_way)?);
    }
    Ok((
        took.as_nanos() / u128::from(ITEMS),
        late.as_secs_f64() * 1e3,
    ))
}

fn main() -> Measured<()> {
    println!("                yield_now:          sleep(Duration::ZERO):");
    println!(" items a piece  ns an item  ms late  ns an item  ms late");
    for most in [ITEMS, 1 << 14, 1 << 10, 1 << 6, 1 << 3] {
        let (yielding, late) = figures(most, take_turns)?;
        let (sleeping, less_late) = figures(most, sleep_for_no_time)?;
        println!("{most:>14} {yielding:>11} {late:>8.1} {sleeping:>11} {less_late:>8.1}");
    }
    Ok(())
}
