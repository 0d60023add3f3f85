//! coros's channels.

use std::hint::black_box;
use std::rc::Rc;

use coros::channel::{Receiver, Sender, bounded, rendezvous};
use coros::spawn;

use super::Coros;
use crate::measure::{Pace, Sample};
use crate::subjects::{PRODUCERS, ROOM};

impl Coros {
    /// Two tasks pass a token there and back through channels with room for one.
    pub fn ping_pong(&mut self, laps: u64) -> Sample {
        self.main(move || there_and_back(bounded(1), bounded(1), laps))
    }

    /// The same through channels without room.
    pub fn rendezvous(&mut self, laps: u64) -> Sample {
        self.main(move || there_and_back(rendezvous(), rendezvous(), laps))
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

type Ends = (Sender<u64>, Receiver<u64>);

fn there_and_back((there, arrived): Ends, (back, returned): Ends, laps: u64) -> Sample {
    let pace = Pace::new(1, laps);
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
}
