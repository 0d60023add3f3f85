//! coros's channels.

use std::hint::black_box;
use std::rc::Rc;

use coros::channel::bounded;
use coros::spawn;

use super::Coros;
use crate::measure::{Pace, Sample};
use crate::subjects::{PRODUCERS, ROOM};

impl Coros {
    /// Two tasks pass a token there and back through channels with room for one.
    pub fn ping_pong(&mut self, laps: u64) -> Sample {
        self.main(move || {
            let pace = Pace::new(1, laps);
            let (there, arrived) = bounded(1);
            let (back, returned) = bounded(1);
            let echo = spawn(move || {
                while let Ok(token) = arrived.recv() {
                    back.send(token).expect("it is awaited");
                }
            });
            for stretch in pace.stretches(0) {
                for token in 0..stretch {
                    there.send(token).expect("the other one listens");
                    assert_eq!(returned.recv().ok(), Some(token));
                }
            }
            drop(there);
            echo.join().expect("a task returns");
            pace.sample()
        })
    }

    /// Many tasks send to one.
    pub fn mpsc(&mut self, laps: u64) -> Sample {
        self.main(move || {
            let pace = Rc::new(Pace::new(PRODUCERS, laps));
            let (sender, receiver) = bounded(ROOM);
            for producer in 1..=PRODUCERS {
                let (pace, sender) = (Rc::clone(&pace), sender.clone());
                let produce = move || {
                    for item in 0..pace.stretches(producer).sum() {
                        sender.send(item).expect("it is awaited");
                    }
                };
                drop(spawn(produce));
            }
            for stretch in pace.stretches(0) {
                for _ in 0..stretch * PRODUCERS as u64 {
                    black_box(receiver.recv().expect("there are senders"));
                }
            }
            pace.sample()
        })
    }
}
