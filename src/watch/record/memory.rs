//! Recordings that are kept in memory.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

/// What a [`Recorder`](super::Recorder) writes into [memory](super::Recorder::in_memory). A clone means
/// the same memory.
///
/// ```
/// use coros::watch::record::{Recorder, Recording};
///
/// let (recorder, memory) = Recorder::in_memory();
/// drop(recorder);
/// assert!(Recording::read(&memory.bytes()[..]).unwrap().events().is_empty());
/// ```
#[derive(Clone, Default, Debug)]
pub struct Memory(Rc<RefCell<Vec<u8>>>);

impl Memory {
    /// All that has been written: a whole recording once the recorder is
    /// [finished](super::Recorder::finish) or dropped; up to the last pause at least before that.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.borrow().clone()
    }
}

impl io::Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
