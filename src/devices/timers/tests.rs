//! The timers beside an ordered map, which cannot be wrong.

use std::collections::BTreeMap;

use super::*;

/// A small generator: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % sides
    }
}

/// The timers, what they should be, and those that are there no more.
struct Pair {
    timers: Heap<u32>,
    model: BTreeMap<(u64, NonZeroU64), (Timer, u32)>,
    gone: Vec<Timer>,
}

impl Pair {
    fn set(&mut self, deadline: u64, number: u32) {
        let serial = self.timers.next;
        let timer = self.timers.set(deadline, number);
        self.model.insert((deadline, serial), (timer, number));
    }

    fn take_due(&mut self, now: u64) {
        let first = self.model.first_entry();
        let first = first.filter(|first| first.key().0 <= now);
        let (timer, due) = first.map(|first| first.remove()).unzip();
        self.gone.extend(timer);
        assert_eq!(self.timers.take_due(now), due);
    }

    fn remove_any(&mut self, dice: &mut Dice) {
        let at = dice.below(self.model.len() as u64 + 1) as usize;
        let chosen = self.model.iter().nth(at);
        if let Some((key, timer)) = chosen.map(|(key, value)| (*key, value.0)) {
            self.model.remove(&key);
            self.gone.push(timer);
            self.timers.remove(timer);
        }
    }

    /// Some timer that is there no more, whose entry another may have.
    fn remove_stale(&mut self, dice: &mut Dice) {
        let at = dice.below(self.gone.len() as u64 + 1) as usize;
        if let Some(stale) = self.gone.get(at) {
            self.timers.remove(*stale);
        }
    }

    fn check(&self) {
        let earliest = self.model.first_key_value().map(|(key, _)| key.0);
        assert_eq!(self.timers.next(), earliest);
        assert_eq!(self.timers.heap.len(), self.model.len());
    }
}

/// A thousand operations, on few deadlines or on many; then all that is left goes off.
fn compare(seed: u64, deadlines: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut pair = Pair {
        timers: Heap::new(),
        model: BTreeMap::new(),
        gone: Vec::new(),
    };
    let growing = 3 + dice.below(4);
    for number in 0..1000 {
        match dice.below(8) {
            choice if choice < growing => pair.set(dice.below(deadlines), number),
            7 => pair.take_due(dice.below(deadlines)),
            _ => pair.remove_any(&mut dice),
        }
        pair.remove_stale(&mut dice);
        pair.check();
    }
    while !pair.model.is_empty() {
        pair.take_due(u64::MAX);
    }
    assert!(pair.timers.heap.is_empty() && pair.timers.free.len() == pair.timers.due.len());
}

#[test]
fn timers_go_off_as_an_ordered_map_has_them() {
    for seed in 1..=200 {
        println!("seed {seed}");
        compare(seed, [4, 100, u64::MAX][seed as usize % 3]);
    }
}
