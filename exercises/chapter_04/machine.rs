//! A machine with three bytecodes.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use coros::{compute, sleep};

/// A bytecode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Uses objects of the interpreter, for a millisecond: this needs the lock.
    Work,
    /// Waits for a file, for five milliseconds.
    Read,
    /// Computes in an extension, for five milliseconds, with no object of the interpreter.
    Crunch,
}

/// A thread of the interpreter.
pub struct Thread {
    pub(super) name: char,
    pub(super) trace: Rc<RefCell<String>>,
}

impl Thread {
    /// Executes a bytecode. Each `Work` is noted in the trace.
    pub fn execute(&self, op: Op) {
        let ms = Duration::from_millis;
        if op == Op::Work {
            self.trace.borrow_mut().push(self.name);
        }
        match op {
            Op::Work => compute(ms(1)),
            Op::Read => sleep(ms(5)),
            Op::Crunch => compute(ms(5)),
        }
        .expect("nothing interrupts it");
    }
}
