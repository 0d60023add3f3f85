//! Fewer pieces than there are: what is too thin to be seen is put together.

use std::collections::BTreeMap;

/// A piece of a lane that is drawn, with a key for what is seen there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Drawn<K> {
    pub(super) from: u64,
    pub(super) till: u64,
    /// What is seen: of several pieces put together, what took longest.
    pub(super) key: K,
    /// The place of the first of the pieces that it is made of.
    pub(super) first: usize,
    /// How many there are.
    pub(super) count: usize,
    /// How long each key took; kept while pieces are put together.
    took: [(Option<K>, u64); 4],
}

impl<K: Copy + PartialEq> Drawn<K> {
    fn new(first: usize, (from, till, key): (u64, u64, K)) -> Self {
        let mut took = [(None, 0); 4];
        took[0] = (Some(key), till - from);
        Self {
            from,
            till,
            key,
            first,
            count: 1,
            took,
        }
    }

    /// Which part of it a key took, from 0 to 1.
    pub(super) fn share(&self, key: K) -> f64 {
        let all = (self.till - self.from).max(1);
        let took = self.took.iter().find(|(of, _)| *of == Some(key));
        took.map_or(0.0, |(_, took)| *took as f64 / all as f64)
    }

    fn add(&mut self, (from, till, key): (u64, u64, K)) {
        self.till = till;
        self.count += 1;
        let is_free_or_same = |slot: &&mut (Option<K>, u64)| slot.0.is_none_or(|of| of == key);
        // Of more keys than there are slots for, the later ones are not weighed.
        if let Some(slot) = self.took.iter_mut().find(is_free_or_same) {
            *slot = (Some(key), slot.1.saturating_add(till - from));
        }
        let longest = self.took.iter().rev().max_by_key(|(_, took)| *took);
        self.key = longest.and_then(|(key, _)| *key).unwrap_or(key);
    }
}

/// Pieces as they are drawn: neighbours that are all shorter than `least`, and together no longer, are
/// one. So there are at most three for each `least`.
pub(super) fn thinned<K: Copy + PartialEq>(
    pieces: impl Iterator<Item = (u64, u64, K)>,
    least: u64,
) -> Vec<Drawn<K>> {
    let mut drawn: Vec<Drawn<K>> = Vec::new();
    for (at, piece) in pieces.enumerate() {
        let is_thin = piece.1 - piece.0 < least;
        match drawn.last_mut() {
            Some(last) if is_thin && piece.1 - last.from <= least => last.add(piece),
            _ => drawn.push(Drawn::new(at, piece)),
        }
    }
    drawn
}

/// Which key took most of a column, of the time that any took.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Most<K> {
    /// This one had it longer than all others together.
    Key(K),
    /// Several had it, and none that long.
    Several,
}

/// Who had each of `count` columns, all `unit` wide, the first from 0; `None` if none had it for any time.
pub(super) fn columns<K: Copy + Ord>(
    pieces: impl Iterator<Item = (u64, u64, K)>,
    unit: u64,
    count: usize,
) -> Vec<Option<Most<K>>> {
    let mut cells: Vec<BTreeMap<K, u64>> = vec![BTreeMap::new(); count];
    for (from, till, key) in pieces.filter(|(from, till, _)| from < till) {
        let first = usize::try_from(from / unit)
            .unwrap_or(usize::MAX)
            .min(count);
        let last = usize::try_from(till.div_ceil(unit)).unwrap_or(usize::MAX);
        for (at, cell) in (first..last).zip(&mut cells[first..]) {
            let left = (at as u64).saturating_mul(unit).max(from);
            let right = (at as u64 + 1).saturating_mul(unit).min(till);
            *cell.entry(key).or_default() += right.saturating_sub(left);
        }
    }
    let most = |cell: BTreeMap<K, u64>| {
        let all: u64 = cell.values().sum();
        let (key, share) = cell.into_iter().max_by_key(|(_, share)| *share)?;
        Some(match share > all - share {
            true => Most::Key(key),
            false => Most::Several,
        })
    };
    cells.into_iter().map(most).collect()
}
