//! may's `mpsc`, which has room without end: its senders never wait.

use std::hint::black_box;
use std::time::Instant;

use may::sync::mpsc;

use super::{May, join_all, run, spawn};
use crate::measure::{Pace, Sample};
use crate::subjects::PRODUCERS;

impl May {
    /// Two coroutines pass a token there and back.
    pub fn ping_pong(&self, laps: u64) -> Sample {
        run(move || {
            let pace = Pace::new(1, laps);
            let (there, arrived) = mpsc::channel();
            let (back, returned) = mpsc::channel();
            let echo = spawn(move || {
                while let Ok(token) = arrived.recv() {
                    back.send(token).expect("it is awaited");
                }
            });
            for stretch in pace.stretches(0) {
                for token in 0..stretch {
                    there.send(token).expect("the other one listens");
                    assert_eq!(returned.recv(), Ok(token));
                }
            }
            drop(there);
            echo.join().expect("a coroutine returns");
            pace.sample()
        })
    }

    /// Many coroutines send to one. All is sent before anything is received, so the clock
    /// has to run from start to end.
    pub fn mpsc(&self, laps: u64) -> Sample {
        run(move || {
            let operations = laps * PRODUCERS as u64;
            let began = Instant::now();
            let (sender, receiver) = mpsc::channel();
            let producer = |_| {
                let sender = sender.clone();
                spawn(move || {
                    for item in 0..laps {
                        sender.send(item).expect("it is awaited");
                    }
                })
            };
            let producers = (0..PRODUCERS).map(producer).collect();
            for _ in 0..operations {
                black_box(receiver.recv().expect("there are senders"));
            }
            join_all(producers);
            Sample {
                operations,
                elapsed: began.elapsed(),
            }
        })
    }
}
