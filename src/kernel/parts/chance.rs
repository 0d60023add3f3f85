//! What is drawn by lot: every choice that the kernel or a program leaves open.

use crate::devices::Entropy;

/// Three streams of one seed, so that none disturbs another.
pub(crate) struct Chance {
    pub(crate) seed: u64,
    /// Where the kernel is free to choose.
    choices: Entropy,
    /// What programs draw from.
    programs: Entropy,
    /// Whether a fault happens.
    faults: Entropy,
}

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        Self {
            seed,
            choices: Entropy::of_stream(seed, 0),
            programs: Entropy::of_stream(seed, 1),
            faults: Entropy::of_stream(seed, 2),
        }
    }

    /// One of so many, where the kernel is free to choose.
    pub(crate) fn choose(&mut self, of: usize) -> usize {
        self.choices.below(of)
    }

    /// The next number of the programs' stream.
    pub(crate) fn random(&mut self) -> u64 {
        self.programs.next()
    }

    /// Whether a fault happens that happens once in so many times.
    pub(crate) fn has_fault(&mut self, one_in: u32) -> bool {
        one_in > 0 && self.faults.next().is_multiple_of(u64::from(one_in))
    }
}
