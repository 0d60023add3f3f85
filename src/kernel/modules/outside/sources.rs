//! The table of all descriptors that are registered with a scheduler.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::os::fd::RawFd;
use std::rc::Rc;

use slab::Slab;

/// All descriptors that are registered with a scheduler.
pub(in crate::kernel) struct Sources<L> {
    entries: RefCell<Slab<Rc<L>>>,
    by_fd: RefCell<HashMap<RawFd, usize>>,
    /// How many tasks wait.
    awaited: Cell<usize>,
}

impl<L> Default for Sources<L> {
    fn default() -> Self {
        Self {
            entries: RefCell::default(),
            by_fd: RefCell::default(),
            awaited: Cell::new(0),
        }
    }
}

impl<L> Sources<L> {
    pub(super) fn find(&self, key: usize) -> Option<Rc<L>> {
        self.entries.borrow().get(key).cloned()
    }

    pub(super) fn of_fd(&self, fd: RawFd) -> Option<Rc<L>> {
        self.find(*self.by_fd.borrow().get(&fd)?)
    }

    /// Whether a task waits for any of them.
    pub(super) fn is_any_awaited(&self) -> bool {
        self.awaited.get() > 0
    }

    #[inline]
    pub(super) fn await_one_more(&self) {
        self.awaited.set(self.awaited.get() + 1);
    }

    #[inline]
    pub(super) fn await_one_less(&self) {
        self.awaited.set(self.awaited.get() - 1);
    }

    /// Adds a descriptor under a key with which `register` tells the system of it.
    pub(super) fn add<R>(
        &self,
        fd: RawFd,
        scheduled: &Rc<L>,
        register: impl FnOnce(usize) -> io::Result<R>,
    ) -> io::Result<(usize, R)> {
        let mut entries = self.entries.borrow_mut();
        let entry = entries.vacant_entry();
        let key = entry.key();
        let registered = register(key)?;
        entry.insert(Rc::clone(scheduled));
        self.by_fd.borrow_mut().insert(fd, key);
        Ok((key, registered))
    }

    pub(super) fn remove(&self, fd: RawFd, key: usize) {
        self.by_fd.borrow_mut().remove(&fd);
        let scheduled = self.entries.borrow_mut().try_remove(key);
        drop(scheduled);
    }

    /// Takes all of them out.
    pub(super) fn take_all(&self) -> Vec<Rc<L>> {
        let entries = std::mem::take(&mut *self.entries.borrow_mut());
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}
