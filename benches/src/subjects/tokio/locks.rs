//! tokio's `Mutex`.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;
use tokio::task::yield_now;

use super::{Place, Tokio, join_all};
use crate::measure::Sample;
use crate::subjects::CONTENDERS;

impl<P: Place> Tokio<P> {
    /// A task locks and unlocks what nobody else wants.
    pub fn mutex_free(&self, laps: u64) -> Sample {
        self.run(async move {
            let count = Mutex::new(0);
            let began = Instant::now();
            for _ in 0..laps {
                *count.lock().await += 1;
            }
            let elapsed = began.elapsed();
            assert_eq!(count.into_inner(), laps);
            Sample {
                operations: laps,
                elapsed,
            }
        })
    }

    /// Tasks hold the lock that all of them want, each across a yield.
    pub fn mutex_contended(&self, laps: u64) -> Sample {
        self.run(async move {
            let count = Arc::new(Mutex::new(0));
            let began = Instant::now();
            let contender = |_| {
                let count = Arc::clone(&count);
                P::spawn(async move {
                    for _ in 0..laps {
                        let mut count = count.lock().await;
                        yield_now().await;
                        *count += 1;
                    }
                })
            };
            join_all((0..CONTENDERS).map(contender).collect()).await;
            let elapsed = began.elapsed();
            let operations = CONTENDERS * laps;
            assert_eq!(*count.lock().await, operations);
            Sample {
                operations,
                elapsed,
            }
        })
    }
}
