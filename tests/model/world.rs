//! What the tasks of a program on the kernel share.

use std::cell::{OnceCell, RefCell};
use std::time::{Duration, Instant};

use coros::{Kernel, Tid, WaitList};

use crate::program::{LISTS, MOST_TASKS, Program};

/// What all tasks of a program share.
pub struct World {
    pub program: Program,
    pub lists: [WaitList; LISTS],
    /// In the order of birth.
    pub tids: RefCell<Vec<Tid>>,
    pub trace: RefCell<Vec<String>>,
    /// When the scheduler's time began: no timer can have moved it before the first call.
    origin: OnceCell<Instant>,
}

impl World {
    pub fn new(program: &Program) -> Self {
        Self {
            program: program.clone(),
            lists: std::array::from_fn(|_| WaitList::new()),
            tids: RefCell::default(),
            trace: RefCell::default(),
            origin: OnceCell::new(),
        }
    }

    pub fn say(&self, line: String) {
        self.trace.borrow_mut().push(line);
    }

    pub fn is_born(&self, tid: Tid) {
        self.tids.borrow_mut().push(tid);
    }

    /// The scheduler's time, counted from its beginning.
    pub fn time(&self, kernel: &mut Kernel) -> Duration {
        let now = kernel.now();
        now - *self.origin.get_or_init(|| now)
    }

    pub fn is_full(&self) -> bool {
        self.tids.borrow().len() >= MOST_TASKS
    }
}
