//! std on a plain thread: what needs no scheduler.

use std::hint::black_box;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use super::overshoot;
use crate::measure::{Pace, Sample};
use crate::wire::cores::{cores, pin};

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

/// Two threads, each on a core of its own, pass a token there and back.
pub fn ping_pong_across(laps: u64) -> Sample {
    let (there, arrived) = sync_channel(1);
    let (back, returned) = sync_channel(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            pin(cores().load);
            for token in arrived {
                back.send(token).expect("it is awaited");
            }
        });
        let ping = scope.spawn(move || {
            pin(cores().server);
            let pace = Pace::new(1, laps);
            for stretch in pace.stretches(0) {
                for token in 0..stretch {
                    there.send(token).expect("the other one listens");
                    assert_eq!(returned.recv(), Ok(token));
                }
            }
            pace.sample()
        });
        ping.join().expect("a thread returns")
    })
}
