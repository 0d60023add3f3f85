//! may's `Mutex`.

use std::sync::Arc;
use std::time::Instant;

use may::coroutine::yield_now;
use may::sync::Mutex;

use super::{May, join_all, run, spawn};
use crate::measure::Sample;
use crate::subjects::CONTENDERS;

impl May {
    /// Coroutines hold the lock that all of them want, each across a yield.
    pub fn mutex_contended(&self, laps: u64) -> Sample {
        run(move || {
            let count = Arc::new(Mutex::new(0));
            let began = Instant::now();
            let contender = |_| {
                let count = Arc::clone(&count);
                spawn(move || {
                    for _ in 0..laps {
                        let mut count = count.lock().expect("nobody panics");
                        yield_now();
                        *count += 1;
                    }
                })
            };
            join_all((0..CONTENDERS).map(contender).collect());
            let elapsed = began.elapsed();
            let operations = CONTENDERS * laps;
            assert_eq!(*count.lock().expect("nobody panics"), operations);
            Sample {
                operations,
                elapsed,
            }
        })
    }
}
