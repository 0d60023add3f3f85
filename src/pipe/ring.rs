//! What the ends of a pipe in memory share.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;

use super::PIPE_BUF;
use crate::kernel::Holding;
use crate::queue::Queue;

/// The bytes that are on their way, and who waits on either side.
pub(super) struct Ring {
    capacity: usize,
    bytes: RefCell<VecDeque<u8>>,
    pub(super) readers: Queue,
    pub(super) writers: Queue,
    pub(super) reader_ends: Cell<usize>,
    pub(super) writer_ends: Cell<usize>,
}

impl Ring {
    pub(super) fn set_name(&self, name: Rc<str>) {
        self.readers.list.set_name(Rc::clone(&name));
        self.writers.list.set_name(name);
    }

    pub(super) fn new(capacity: usize) -> Self {
        let ring = Self {
            capacity: capacity.max(1),
            bytes: RefCell::default(),
            readers: Queue::of("pipe"),
            writers: Queue::of("pipe"),
            reader_ends: Cell::new(1),
            writer_ends: Cell::new(1),
        };
        // No task holds a pipe: any task that has an end may be the one that goes on.
        ring.readers.list.set_holding(Holding::Unknown);
        ring.writers.list.set_holding(Holding::Unknown);
        ring
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.borrow().len()
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Reads what there is, if there is something, or the end.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Option<usize> {
        let mut bytes = self.bytes.borrow_mut();
        if bytes.is_empty() && self.writer_ends.get() > 0 && !buffer.is_empty() {
            return None;
        }
        let count = io::Read::read(&mut *bytes, buffer).unwrap_or(0);
        // The ring comes to the caller in up to two pieces.
        let more = io::Read::read(&mut *bytes, &mut buffer[count..]).unwrap_or(0);
        self.writers.call_next();
        Some(count + more)
    }

    /// Writes what there is room for: a small piece as a whole, or not yet.
    pub(super) fn write(&self, piece: &[u8]) -> Option<io::Result<usize>> {
        if self.reader_ends.get() == 0 {
            return Some(Err(broken()));
        }
        let mut bytes = self.bytes.borrow_mut();
        let room = self.capacity - bytes.len();
        let least = match piece.len() <= self.capacity.min(PIPE_BUF) {
            true => piece.len(),
            false => 1,
        };
        if room < least {
            return None;
        }
        let count = piece.len().min(room);
        bytes.extend(&piece[..count]);
        self.readers.call_next();
        Some(Ok(count))
    }
}

fn broken() -> io::Error {
    let text = "the pipe has no reader left: write no more";
    io::Error::new(io::ErrorKind::BrokenPipe, text)
}
