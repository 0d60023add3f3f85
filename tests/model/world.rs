//! What the tasks of a program on the kernel share.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use coros::channel::{Receiver, Sender, bounded};
use coros::sync::Mutex;
use coros::{JoinHandle, Kernel, Tid, WaitList};

use crate::program::{CHANNELS, LISTS, LOOKS, MOST_TASKS, MUTEXES, Program, SHORTCUTS, capacity};

/// What all tasks of a program share.
pub struct World {
    pub program: Program,
    pub lists: [WaitList; LISTS],
    /// In the order of birth.
    born: RefCell<Vec<Born>>,
    pub mutexes: [Mutex<()>; MUTEXES],
    pub channels: [(Sender<u64>, Receiver<u64>); CHANNELS],
    shortcuts: Cell<usize>,
    looks: Cell<usize>,
    pub trace: RefCell<Vec<String>>,
    /// When the scheduler's time began: no timer can have moved it before the first call.
    origin: OnceCell<Instant>,
}

/// What is known of a task.
#[derive(Default)]
struct Born {
    tid: Option<Tid>,
    handle: Option<Rc<JoinHandle<u64>>>,
}

impl World {
    pub fn new(program: &Program) -> Self {
        Self {
            program: program.clone(),
            lists: std::array::from_fn(|_| WaitList::new()),
            born: RefCell::default(),
            mutexes: std::array::from_fn(|_| Mutex::new(())),
            channels: std::array::from_fn(|channel| bounded(capacity(channel))),
            shortcuts: Cell::new(0),
            looks: Cell::new(0),
            trace: RefCell::default(),
            origin: OnceCell::new(),
        }
    }

    pub fn say(&self, line: String) {
        self.trace.borrow_mut().push(line);
    }

    /// Takes note of a birth; says which number the child has.
    pub fn is_born(&self) -> u64 {
        let mut born = self.born.borrow_mut();
        born.push(Born::default());
        born.len() as u64
    }

    /// Lets all know of a task.
    pub fn is_known(&self, tid: Tid) {
        self.born.borrow_mut()[index(tid)].tid = Some(tid);
    }

    /// Keeps a task's handle for all.
    pub fn keep(&self, handle: JoinHandle<u64>) {
        let born = &mut self.born.borrow_mut()[index(handle.tid())];
        born.tid = Some(handle.tid());
        born.handle = Some(Rc::new(handle));
    }

    pub fn tid(&self, index: usize) -> Option<Tid> {
        self.born.borrow().get(index)?.tid
    }

    pub fn handle(&self, index: usize) -> Option<Rc<JoinHandle<u64>>> {
        self.born.borrow().get(index)?.handle.clone()
    }

    /// The scheduler's time, counted from its beginning.
    pub fn time(&self, kernel: &mut Kernel) -> Duration {
        let now = kernel.now();
        now - *self.origin.get_or_init(|| now)
    }

    /// Whether there is one more shortcut to be taken.
    pub fn spend(&self) -> bool {
        self.shortcuts.set(self.shortcuts.get() + 1);
        self.shortcuts.get() <= SHORTCUTS
    }

    /// Whether there is one more look to be taken.
    pub fn look(&self) -> bool {
        self.looks.set(self.looks.get() + 1);
        self.looks.get() <= LOOKS
    }

    pub fn spend_all(&self) {
        self.shortcuts.set(SHORTCUTS);
    }

    pub fn is_full(&self) -> bool {
        self.born.borrow().len() >= MOST_TASKS
    }
}

fn index(tid: Tid) -> usize {
    tid.number() as usize - 1
}
