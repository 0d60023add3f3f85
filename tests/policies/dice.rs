//! Random numbers; the seed is the case.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// A small generator (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of these.
    pub fn within(&mut self, numbers: std::ops::RangeInclusive<u64>) -> u64 {
        numbers.start() + self.next() % (numbers.end() - numbers.start() + 1)
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }
}

/// Does something for each seed, and says which one it failed with.
#[track_caller]
pub fn for_seeds(seeds: u64, mut test: impl FnMut(&mut Dice)) {
    for seed in 0..seeds {
        let case = AssertUnwindSafe(|| test(&mut Dice::new(seed)));
        if let Err(payload) = catch_unwind(case) {
            eprintln!("the seed was {seed}");
            resume_unwind(payload);
        }
    }
}

/// Says something if it is dropped by a panic.
pub struct OnPanic(pub String);

impl Drop for OnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}
