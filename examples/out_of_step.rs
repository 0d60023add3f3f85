//! Barrier: sums in rounds, of which each needs the last.
//!
//! Eight tasks add up eight ones, from the left to each: after the rounds with reach 1, 2 and 4 each
//! cell holds the sum of itself and all before it (the parallel prefix sum of Hillis and Steele). But a
//! task that is ahead reads what its neighbour has not yet written. The barrier keeps them in step:
//! none writes before all have read, and none reads before all have written.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use coros::sync::Barrier;
use coros::{Clock, Scheduler, sleep};

const CELLS: usize = 8;

/// Adds to a cell what stands so far to its left, in each round.
fn add_up(cells: &[Cell<u32>], at: usize, meet: impl Fn()) {
    for reach in [1, 2, 4] {
        let left = at.checked_sub(reach).map_or(0, |from| cells[from].get());
        meet(); // All have read.
        compute(at);
        cells[at].set(cells[at].get() + left);
        meet(); // All have written.
    }
}

/// The farther to the left, the longer it takes.
fn compute(at: usize) {
    let minutes = (CELLS - at) as u64;
    sleep(Duration::from_secs(60 * minutes)).expect("nothing breaks this sleep off");
}

fn run(title: &str, meet: impl Fn() + Clone + 'static) {
    let mut sched = Scheduler::builder().clock(Clock::Virtual).build();
    let cells: Rc<[_]> = vec![Cell::new(1); CELLS].into();
    for at in 0..CELLS {
        let (cells, meet) = (Rc::clone(&cells), meet.clone());
        sched.spawn(move || add_up(&cells, at, meet));
    }
    let end = sched.run();
    let sums: Vec<_> = cells.iter().map(|cell| cell.get().to_string()).collect();
    println!("{title}: {}", sums.join(" "));
    if let Err(stuck) = end {
        println!("  stuck: {} tasks wait", stuck.tasks().len());
    }
}

/// What a party does to meet the others.
fn barrier(parties: usize) -> impl Fn() + Clone {
    let line = Barrier::new(parties);
    move || _ = line.wait().expect("no wait is given up")
}

fn main() {
    run("no barrier", || ());
    run("barrier of 8", barrier(8));
    run("barrier of 9", barrier(9));
}
