//! coros's `Mutex`.

use coros::sync::Mutex;
use coros::{spawn, yield_now};

use super::{Coros, timed};
use crate::measure::Sample;
use crate::subjects::CONTENDERS;

impl Coros {
    /// A task locks and unlocks what nobody else wants.
    pub fn mutex_free(&mut self, laps: u64) -> Sample {
        self.main(move || {
            let count = Mutex::new(0);
            let sample = timed(laps, || {
                for _ in 0..laps {
                    *count.lock().expect("nobody interrupts it") += 1;
                }
            });
            assert_eq!(*count.lock().expect("nobody interrupts it"), laps);
            sample
        })
    }

    /// Tasks hold the lock that all of them want, each across a yield.
    pub fn mutex_contended(&mut self, laps: u64) -> Sample {
        let operations = CONTENDERS * laps;
        self.main(move || {
            let count = Mutex::new(0);
            let sample = timed(operations, || {
                let contender = |_| {
                    let count = count.clone();
                    spawn(move || {
                        for _ in 0..laps {
                            let mut count = count.lock().expect("nobody interrupts it");
                            yield_now();
                            *count += 1;
                        }
                    })
                };
                let contenders: Vec<_> = (0..CONTENDERS).map(contender).collect();
                for contender in contenders {
                    contender.join().expect("a task returns");
                }
            });
            assert_eq!(*count.lock().expect("nobody interrupts it"), operations);
            sample
        })
    }
}
