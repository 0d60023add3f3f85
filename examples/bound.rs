//! I/O-bound, CPU-bound: what does a second CPU help?
//!
//! A job works, waits, and works again, ten times. The jobs of a row are done one after the other, or all
//! at once, on one CPU and on two: how long it takes, and how busy the CPUs are.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::watch::Metrics;
use coros::{Clock, Scheduler, Stuck, compute, sleep};

/// Ten rounds of so many milliseconds of work, and of waiting.
#[derive(Clone, Copy)]
struct Job {
    works: u64,
    waits: u64,
}

impl Job {
    fn run(self) {
        for _ in 0..10 {
            compute(Duration::from_millis(self.works)).expect("nothing interrupts it");
            sleep(Duration::from_millis(self.waits)).expect("nothing interrupts it");
        }
    }
}

#[derive(Clone, Copy)]
enum Way {
    InTurn,
    AtOnce,
}

/// How long it takes, and how busy the CPUs are.
fn measure(cpus: u32, way: Way, job: Job, count: usize) -> Result<String, Stuck> {
    let metrics = Rc::new(RefCell::new(Metrics::new()));
    let builder = Scheduler::builder().clock(Clock::Virtual).cpus(cpus);
    let mut sched = builder.observer(Rc::clone(&metrics)).build();
    match way {
        Way::InTurn => _ = sched.spawn(move || (0..count).for_each(|_| job.run())),
        Way::AtOnce => (0..count).for_each(|_| _ = sched.spawn(move || job.run())),
    }
    sched.run()?;
    let totals = metrics.borrow().summary().totals;
    let (took, busy) = (totals.span.as_millis(), totals.utilisation * 100.0);
    Ok(format!("{took} ms {busy:3.0} %"))
}

fn main() -> Result<(), Stuck> {
    let (reads, counts) = (Job { works: 1, waits: 9 }, Job { works: 9, waits: 1 });
    println!("                        in turn        in turn        at once        at once");
    println!("                          1 CPU         2 CPUs          1 CPU         2 CPUs");
    for (title, job, count) in [
        ("2 mostly wait", reads, 2),
        ("2 mostly compute", counts, 2),
        ("20 mostly wait", reads, 20),
    ] {
        print!("{title:16}");
        for way in [Way::InTurn, Way::AtOnce] {
            for cpus in [1, 2] {
                print!("{:>15}", measure(cpus, way, job, count)?);
            }
        }
        println!();
    }
    Ok(())
}
