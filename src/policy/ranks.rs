//! Ready tasks in the order of a key, of which any can leave.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::Tid;

/// Ready tasks, the one with the smallest key first; among equal ones, the one with the lowest number.
pub(super) struct Ranks<K> {
    order: BTreeSet<(K, Tid)>,
    /// The key that each of them is in `order` by.
    keys: BTreeMap<Tid, K>,
}

impl<K> Default for Ranks<K> {
    fn default() -> Self {
        Self {
            order: BTreeSet::new(),
            keys: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Copy> Ranks<K> {
    /// Puts a task in, or at another place if it is there already.
    pub(super) fn insert(&mut self, task: Tid, key: K) {
        if let Some(old) = self.keys.insert(task, key) {
            self.order.remove(&(old, task));
        }
        self.order.insert((key, task));
    }

    /// Takes a task out, and says by which key it was there.
    pub(super) fn remove(&mut self, task: Tid) -> Option<K> {
        let key = self.keys.remove(&task)?;
        self.order.remove(&(key, task));
        Some(key)
    }

    pub(super) fn first(&self) -> Option<(K, Tid)> {
        self.order.first().copied()
    }

    pub(super) fn take_first(&mut self) -> Option<(K, Tid)> {
        let (key, task) = self.order.pop_first()?;
        self.keys.remove(&task);
        Some((key, task))
    }

    pub(super) fn key(&self, task: Tid) -> Option<K> {
        self.keys.get(&task).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
}
