//! The holders of what is waited for.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::kernel::abi::Tid;

/// The holders of something, as far as they are known, and how often each holds it.
pub(crate) struct Holders {
    /// Most things have one at a time.
    first: Cell<Tid>,
    /// Further holds; some things have a great many.
    more: RefCell<BTreeMap<Tid, usize>>,
}

impl Default for Holders {
    fn default() -> Self {
        Self {
            first: Cell::new(Tid::NONE),
            more: RefCell::default(),
        }
    }
}

impl Holders {
    #[inline]
    pub(crate) fn add(&self, tid: Tid) {
        match self.is_empty() {
            true => self.first.set(tid),
            false if tid == Tid::NONE => {}
            false => self.add_further(tid),
        }
    }

    #[inline(never)]
    fn add_further(&self, tid: Tid) {
        *self.more.borrow_mut().entry(tid).or_default() += 1;
    }

    /// Takes one hold of a task away, if it has one.
    #[inline]
    pub(crate) fn remove(&self, tid: Tid) {
        let is_first = self.first.get() == tid;
        if is_first && self.more.borrow().is_empty() {
            self.first.set(Tid::NONE);
        } else {
            self.remove_one_of_several(tid, is_first);
        }
    }

    #[inline(never)]
    fn remove_one_of_several(&self, tid: Tid, is_first: bool) {
        let mut more = self.more.borrow_mut();
        // One of the further holds, if it has one; else the first is the next one's.
        let named = match is_first {
            true if !more.contains_key(&tid) => more.first_key_value().map(|next| *next.0),
            _ => more.contains_key(&tid).then_some(tid),
        };
        let Some(named) = named else { return };
        if is_first {
            self.first.set(named);
        }
        if let Entry::Occupied(mut holds) = more.entry(named) {
            *holds.get_mut() -= 1;
            if *holds.get() == 0 {
                holds.remove();
            }
        }
    }

    /// Whether none is known.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.first.get() == Tid::NONE
    }

    /// One of them: the only one, if there is one.
    #[inline(always)]
    pub(crate) fn first(&self) -> Option<Tid> {
        (!self.is_empty()).then(|| self.first.get())
    }

    /// The only one, if there are not several.
    pub(crate) fn sole(&self) -> Option<Tid> {
        self.first().filter(|_| self.more.borrow().is_empty())
    }

    #[inline]
    pub(crate) fn contains(&self, tid: Tid) -> bool {
        let is_first = self.first.get() == tid && tid != Tid::NONE;
        is_first || self.more.borrow().contains_key(&tid)
    }

    pub(crate) fn all(&self) -> Vec<Tid> {
        self.some(usize::MAX)
    }

    /// So many of them, if there are so many.
    pub(crate) fn some(&self, limit: usize) -> Vec<Tid> {
        let more = self.more.borrow();
        let all = self.first().into_iter().chain(more.keys().copied());
        all.take(limit).collect()
    }
}
