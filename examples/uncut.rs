//! What cannot be cut: a sort holds up all tasks.
//!
//! There is no place in it to yield. A lint tells of the turn that took too long; `offload` has the work
//! done by another thread, while only the caller waits. The figures are measured.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::watch::{Finding, Lint, Lints};
use coros::{Builder, Scheduler, Stuck, offload, sleep_until};

/// Numbers in no order, sorted.
fn sort() {
    let mut numbers: Vec<u32> = (0..400_000_u32)
        .map(|n| n.wrapping_mul(2_654_435_769))
        .collect();
    numbers.sort();
    assert!(numbers.is_sorted());
}

fn sort_beside_the_loop() {
    offload(sort).expect("nothing interrupts it");
}

/// Sleeps for 1 ms again and again; returns how late the latest wake was.
fn wake_often() -> Duration {
    let late = |_| {
        let due = Instant::now() + Duration::from_millis(1);
        sleep_until(due).expect("nothing interrupts it");
        due.elapsed()
    };
    (0..10).map(late).max().expect("there are ten")
}

fn watch(title: &str, work: fn()) -> Result<(), Stuck> {
    let limit = Duration::from_millis(10);
    let lints = Rc::new(RefCell::new(Lints::new().longest_step(limit)));
    let mut sched = Scheduler::builder().observer(Rc::clone(&lints)).build();
    let sleeper = sched.spawn(wake_often);
    sched
        .spawn_with(Builder::new().name("sorter"), work)
        .expect("a stack of the default size is to be had");
    sched.run()?;
    let late = sleeper.join().expect("the sleeper returns").as_millis();
    println!("{title}: the latest wake came {late} ms late");
    let is_told_of =
        |finding: &Finding| finding.lint == Lint::LongStep && &*finding.name == "sorter";
    if lints.borrow().findings().iter().any(is_told_of) {
        println!("  lint: a long step of the sorter");
    }
    Ok(())
}

fn main() -> Result<(), Stuck> {
    watch("in a turn", sort)?;
    watch("offloaded", sort_beside_the_loop)
}
