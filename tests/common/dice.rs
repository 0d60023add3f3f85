//! Chance by a seed, so that a seed is all it takes to see a failure again.

use std::cell::Cell;
use std::rc::Rc;

/// A small generator: Marsaglia's xorshift. Clones draw from the same stream.
#[derive(Clone)]
pub struct Dice(Rc<Cell<u64>>);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mixed = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let dice = Self(Rc::new(Cell::new(mixed | 1)));
        // The first draws of neighbouring seeds are alike.
        (0..4).for_each(|_| _ = dice.below(2));
        dice
    }

    pub fn below(&self, sides: u64) -> u64 {
        let mut state = self.0.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.set(state);
        (state >> 16) % sides
    }
}
