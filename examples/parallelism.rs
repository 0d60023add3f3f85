//! Concurrency is not parallelism: one CPU, and two.
//!
//! On one CPU round robin gives each a slice in turn: all three make progress, none gets done sooner. On
//! two CPUs two of them really compute at once, and the whole takes half the time or a little more.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::kernel::{Event, Observer};
use coros::policy::RoundRobin;
use coros::{Builder, Clock, Scheduler, compute};

const SECOND: Duration = Duration::from_secs(1);

/// Who is on which CPU, second by second.
#[derive(Default)]
struct Chart(Vec<(u32, String)>);

impl Observer for Chart {
    fn observe(&mut self, event: &Event) {
        if let Event::Slice(slice) = event {
            let letter = ["?", "A", "B", "C"][slice.tid.number() as usize];
            let length = (slice.time - slice.from).as_secs() as usize;
            self.0.push((slice.cpu, letter.repeat(length)));
        }
    }
}

fn run(cpus: u32) -> Result<(), coros::Stuck> {
    let chart = Rc::new(RefCell::new(Chart::default()));
    let mut sched = Scheduler::builder()
        .clock(Clock::Virtual)
        .cpus(cpus)
        .policy(RoundRobin::new(SECOND))
        .observer(Rc::clone(&chart))
        .build();
    for name in ["A", "B", "C"] {
        let work = || compute(4 * SECOND).expect("nothing interrupts it");
        sched
            .spawn_with(Builder::new().name(name), work)
            .expect("a stack of the default size is to be had");
    }
    let start = sched.now();
    sched.run()?;
    println!("{cpus} CPU(s), {} s:", (sched.now() - start).as_secs());
    for cpu in 0..cpus {
        let chart = chart.borrow();
        let pieces = chart.0.iter().filter(|piece| piece.0 == cpu);
        let line: String = pieces.map(|piece| piece.1.as_str()).collect();
        println!("  CPU {cpu}: {line}");
    }
    Ok(())
}

fn main() -> Result<(), coros::Stuck> {
    run(1)?;
    run(2)
}
