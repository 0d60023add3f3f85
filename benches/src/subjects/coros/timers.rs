//! coros's sleeps and timeouts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use coros::{JoinHandle, sleep, spawn, timeout, yield_now};

use super::{Coros, timed};
use crate::measure::Sample;
use crate::subjects::{FAR, TIMED, naps, overshoot};

impl Coros {
    /// Tasks sleep, each for a time of its own.
    pub fn sleepers(&mut self, tasks: usize) -> Sample {
        self.main(move || {
            timed(tasks as u64, || {
                let sleeper = |nap| spawn(move || sleep(nap).expect("nobody interrupts it"));
                join_all(naps(tasks).map(sleeper).collect());
            })
        })
    }

    /// Tasks set timeouts around yields.
    pub fn timeouts(&mut self, laps: u64) -> Sample {
        self.main(move || {
            timed(TIMED * laps, || {
                let setter = |_| {
                    spawn(move || {
                        for _ in 0..laps {
                            timeout(FAR, yield_now).expect("it is far");
                        }
                    })
                };
                join_all((0..TIMED).map(setter).collect());
            })
        })
    }

    /// A task sets timeouts around what never waits.
    pub fn timeouts_unused(&mut self, laps: u64) -> Sample {
        self.main(move || {
            timed(laps, || {
                for lap in 0..laps {
                    assert_eq!(timeout(FAR, || black_box(lap)).ok(), Some(lap));
                }
            })
        })
    }

    /// How much too long a task sleeps, again and again.
    pub fn overshoots(&mut self, asked: Duration, times: usize) -> Vec<Duration> {
        self.main(move || {
            let nap = |_| {
                let began = Instant::now();
                sleep(asked).expect("nobody interrupts it");
                overshoot(asked, began)
            };
            (0..times).map(nap).collect()
        })
    }
}

fn join_all(tasks: Vec<JoinHandle<()>>) {
    for task in tasks {
        task.join().expect("a task returns");
    }
}
