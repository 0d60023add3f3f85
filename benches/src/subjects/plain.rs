//! std on a plain thread: what needs no scheduler.

use std::hint::black_box;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::overshoot;
use crate::measure::Sample;

/// Locks and unlocks what nobody else wants.
pub fn mutex_free(laps: u64) -> Sample {
    let count = black_box(Mutex::new(0));
    let began = Instant::now();
    for _ in 0..laps {
        *count.lock().expect("nobody panics") += 1;
    }
    let elapsed = began.elapsed();
    assert_eq!(count.into_inner().ok(), Some(laps));
    Sample {
        operations: laps,
        elapsed,
    }
}

/// How much too long a thread sleeps, again and again.
pub fn overshoots(asked: Duration, times: usize) -> Vec<Duration> {
    let sleep = |_| {
        let began = Instant::now();
        thread::sleep(asked);
        overshoot(asked, began)
    };
    (0..times).map(sleep).collect()
}
