//! tokio's `time`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::{Place, Tokio, join_all};
use crate::measure::Sample;
use crate::subjects::{FAR, TIMED, naps, overshoot};

impl<P: Place> Tokio<P> {
    /// Tasks sleep, each for a time of its own.
    pub fn sleepers(&self, tasks: usize) -> Sample {
        self.run(async move {
            let began = Instant::now();
            let sleepers = naps(tasks).map(|nap| P::spawn(sleep(nap)));
            join_all(sleepers.collect()).await;
            Sample {
                operations: tasks as u64,
                elapsed: began.elapsed(),
            }
        })
    }

    /// Tasks set timeouts around yields.
    pub fn timeouts(&self, laps: u64) -> Sample {
        self.run(async move {
            let began = Instant::now();
            let setter = |_| {
                P::spawn(async move {
                    for _ in 0..laps {
                        timeout(FAR, yield_now()).await.expect("it is far");
                    }
                })
            };
            join_all((0..TIMED).map(setter).collect()).await;
            Sample {
                operations: TIMED * laps,
                elapsed: began.elapsed(),
            }
        })
    }

    /// A task sets timeouts around what never waits.
    pub fn timeouts_unused(&self, laps: u64) -> Sample {
        self.run(async move {
            let began = Instant::now();
            for lap in 0..laps {
                let ready = async { black_box(lap) };
                assert_eq!(timeout(FAR, ready).await.ok(), Some(lap));
            }
            Sample {
                operations: laps,
                elapsed: began.elapsed(),
            }
        })
    }

    /// How much too long a task sleeps, again and again.
    pub fn overshoots(&self, asked: Duration, times: usize) -> Vec<Duration> {
        self.run(async move {
            let mut late = Vec::new();
            for _ in 0..times {
                let began = Instant::now();
                sleep(asked).await;
                late.push(overshoot(asked, began));
            }
            late
        })
    }
}
