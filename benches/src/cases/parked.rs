//! `parked`: a million tasks parked in one wait list; what they weigh, and how long that takes.
//!
//! Each round runs in a fresh process, this program started again, so that no memory is left over
//! from an earlier one.

use std::error::Error;
use std::fs;
use std::time::Instant;

use coros::syscall::Park;
use coros::{Builder, Scheduler, WaitList, call, yield_now};
use serde::{Deserialize, Serialize};

use super::fresh;
use crate::Findings;
use crate::measure::{Effort, median};
use crate::report::{self, COROS, Figure, Of};
use crate::subjects::SMALL_STACK;
use crate::wire::control::resident_bytes;

pub const NAME: &str = "parked";

/// What one process found.
#[derive(Serialize, Deserialize)]
pub struct Weighed {
    bytes_per_task: f64,
    new_mappings: f64,
    create_seconds: f64,
    wake_and_end_seconds: f64,
}

pub fn run(effort: &Effort) -> Findings {
    let tasks = effort.scale(1_000_000, 10_000);
    let weighed = (0..effort.brief().rounds)
        .map(|_| fresh::run(&fresh::arguments(NAME, COROS, tasks, 1)))
        .collect::<Result<Vec<_>, _>>()?;
    let figure = |metric, at_most, of: fn(&Weighed) -> f64| Figure {
        subject: COROS,
        metric,
        value: median(weighed.iter().map(of).collect()),
        at_most,
    };
    let (bytes, mappings) = match effort.is_smoke() {
        true => (None, None),
        false => (Some(4_400.0), Some(99.0)),
    };
    let figures = [
        figure("bytes_per_task", bytes, |w| w.bytes_per_task),
        figure("new_mappings", mappings, |w| w.new_mappings),
        figure("create_seconds", None, |w| w.create_seconds),
        figure("wake_and_end_seconds", None, |w| w.wake_and_end_seconds),
    ];
    Ok(report::figures(NAME, Of::Tasks(tasks), &figures))
}

/// What the fresh process does.
pub fn weigh(tasks: usize) -> Result<Weighed, Box<dyn Error>> {
    let mut sched = Scheduler::new();
    let weighed = sched.spawn(move || {
        let list = WaitList::new();
        let before = (resident_bytes(), mappings());
        let began = Instant::now();
        park_many(tasks, &list);
        let create_seconds = began.elapsed().as_secs_f64();
        let after = (resident_bytes(), mappings());
        assert_eq!(list.len(), tasks, "all are parked");
        let weighed = Weighed {
            bytes_per_task: after.0.saturating_sub(before.0) as f64 / tasks as f64,
            new_mappings: after.1.saturating_sub(before.1) as f64,
            create_seconds,
            wake_and_end_seconds: 0.0,
        };
        let began = Instant::now();
        list.wake_all();
        (weighed, began)
    });
    let report = sched.run().map_err(|stuck| stuck.to_string())?;
    let (mut weighed, began) = weighed.join()?;
    weighed.wake_and_end_seconds = began.elapsed().as_secs_f64();
    assert_eq!(report.returned, tasks as u64 + 1, "all ended");
    Ok(weighed)
}

fn park_many(tasks: usize, list: &WaitList) {
    for _ in 0..tasks {
        let list = list.clone();
        let park = move || call(Park(&list)).expect("nobody interrupts it");
        drop(Builder::new().stack_size(SMALL_STACK).spawn(park));
    }
    // The last one has its turn too.
    yield_now();
}

fn mappings() -> u64 {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux has it");
    maps.lines().count() as u64
}
