//! async-io's `Timer`.

use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use async_io::Timer;
use futures_lite::future::{or, yield_now};

use super::{AsyncExecutor, join_all};
use crate::measure::Sample;
use crate::subjects::{FAR, TIMED, naps};

impl AsyncExecutor {
    /// Tasks sleep, each for a time of its own.
    pub fn sleepers(&self, tasks: usize) -> Sample {
        let executor = Rc::clone(&self.executor);
        self.run_with_clock(async move {
            let began = Instant::now();
            let sleeper = |nap| {
                executor.spawn(async move {
                    Timer::after(nap).await;
                })
            };
            join_all(naps(tasks).map(sleeper).collect()).await;
            Sample {
                operations: tasks as u64,
                elapsed: began.elapsed(),
            }
        })
    }

    /// Tasks set timeouts around yields.
    pub fn timeouts(&self, laps: u64) -> Sample {
        let executor = Rc::clone(&self.executor);
        self.run_with_clock(async move {
            let began = Instant::now();
            let setter = |_| {
                executor.spawn(async move {
                    for _ in 0..laps {
                        or(yield_now(), async {
                            Timer::after(FAR).await;
                            unreachable!("it is far");
                        })
                        .await;
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
        self.run_with_clock(async move {
            let began = Instant::now();
            for lap in 0..laps {
                let ready = async { black_box(lap) };
                let late = async {
                    Timer::after(FAR).await;
                    unreachable!("it is far")
                };
                assert_eq!(or(ready, late).await, lap);
            }
            Sample {
                operations: laps,
                elapsed: began.elapsed(),
            }
        })
    }

    /// As `run`, by the `block_on` that looks after the timers as well.
    fn run_with_clock(&self, main: impl Future<Output = Sample> + 'static) -> Sample {
        async_io::block_on(self.executor.run(self.executor.spawn(main)))
    }
}
