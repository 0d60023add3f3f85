//! The table of all lines that are registered with a scheduler.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::os::fd::RawFd;
use std::rc::Rc;

use slab::Slab;

/// All lines that are registered with a scheduler.
pub(in crate::kernel) struct Sources<L> {
    lines: RefCell<Slab<Rc<L>>>,
    by_fd: RefCell<HashMap<RawFd, usize>>,
    /// How many tasks wait.
    awaited: Cell<usize>,
}

impl<L> Default for Sources<L> {
    fn default() -> Self {
        Self {
            lines: RefCell::default(),
            by_fd: RefCell::default(),
            awaited: Cell::new(0),
        }
    }
}

impl<L> Sources<L> {
    pub(super) fn find(&self, key: usize) -> Option<Rc<L>> {
        self.lines.borrow().get(key).cloned()
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

    /// Adds a line under a key with which `register` tells the system of it.
    pub(super) fn add<R>(
        &self,
        fd: RawFd,
        line: &Rc<L>,
        register: impl FnOnce(usize) -> io::Result<R>,
    ) -> io::Result<(usize, R)> {
        let mut lines = self.lines.borrow_mut();
        let entry = lines.vacant_entry();
        let key = entry.key();
        let registered = register(key)?;
        entry.insert(Rc::clone(line));
        self.by_fd.borrow_mut().insert(fd, key);
        Ok((key, registered))
    }

    pub(super) fn remove(&self, fd: RawFd, key: usize) {
        self.by_fd.borrow_mut().remove(&fd);
        let line = self.lines.borrow_mut().try_remove(key);
        drop(line);
    }

    /// Takes all of them out.
    pub(super) fn take_all(&self) -> Vec<Rc<L>> {
        let lines = std::mem::take(&mut *self.lines.borrow_mut());
        lines.into_iter().map(|(_, line)| line).collect()
    }
}
