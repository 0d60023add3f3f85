//! Randomness that a seed determines: the only kind that decides anything here.

/// A stream of random numbers. (SplitMix64, by Steele, Lea and Flood.)
pub(crate) struct Entropy(u64);

impl Entropy {
    /// One of several streams of a seed; they have nothing to do with one another.
    pub(crate) fn of_stream(seed: u64, stream: u64) -> Self {
        let mut seeds = Self(seed);
        let mut own = seeds.next();
        for _ in 0..stream {
            own = seeds.next();
        }
        Self(own)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
