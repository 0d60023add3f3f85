//! tokio's `mpsc`.

use std::hint::black_box;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Place, Tokio, join_all};
use crate::measure::{Pace, Sample};
use crate::subjects::{PRODUCERS, ROOM};

impl<P: Place> Tokio<P> {
    /// Two tasks pass a token there and back through channels with room for one.
    pub fn ping_pong(&self, laps: u64) -> Sample {
        self.run(async move {
            let pace = Pace::new(1, laps);
            let (there, mut arrived) = mpsc::channel(1);
            let (back, mut returned) = mpsc::channel(1);
            let echo = P::spawn(async move {
                while let Some(token) = arrived.recv().await {
                    back.send(token).await.expect("it is awaited");
                }
            });
            for stretch in pace.stretches(0) {
                for token in 0..stretch {
                    there.send(token).await.expect("the other one listens");
                    assert_eq!(returned.recv().await, Some(token));
                }
            }
            drop(there);
            echo.await.expect("a task returns");
            pace.sample()
        })
    }

    /// Many tasks send to one.
    pub fn mpsc(&self, laps: u64) -> Sample {
        self.run(async move {
            let pace = Arc::new(Pace::new(PRODUCERS, laps));
            let (sender, mut receiver) = mpsc::channel(ROOM);
            let producer = |producer| {
                let (pace, sender) = (Arc::clone(&pace), sender.clone());
                P::spawn(async move {
                    for item in 0..pace.stretches(producer).sum() {
                        sender.send(item).await.expect("it is awaited");
                    }
                })
            };
            let producers = (1..=PRODUCERS).map(producer).collect();
            for stretch in pace.stretches(0) {
                for _ in 0..stretch * PRODUCERS as u64 {
                    black_box(receiver.recv().await.expect("there are senders"));
                }
            }
            join_all(producers).await;
            pace.sample()
        })
    }
}
