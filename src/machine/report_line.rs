//! The line in which a handler of signals says which task ends the process. Nothing here locks or allocates.

use super::head::{Head, NAME_ROOM};

/// Whether the stack whose slot ends there was ever used since its memory came from the system.
pub(super) fn has_owner(top: usize) -> bool {
    // SAFETY: the top of a slot is mapped memory as long as its reservation is registered, and all
    // zeroes are a valid head.
    let head = unsafe { Head::below(top) };
    !head.owner.get().is_null()
}

/// A line put together without allocating.
pub(super) struct ReportLine {
    bytes: [u8; 384],
    len: usize,
}

impl ReportLine {
    pub(super) fn new() -> Self {
        Self {
            bytes: [0; 384],
            len: 0,
        }
    }

    /// The task whose stack's slot ends there, which has an owner.
    pub(super) fn owner(&mut self, top: usize) {
        // SAFETY: the slot is registered, so it is mapped; the head is written, since it has an owner.
        let head = unsafe { Head::below(top) };
        // SAFETY: the head's owner lies in the line of the task that runs here, which is alive.
        let number = unsafe { &*head.owner.get() };
        self.text(b"task ");
        self.number(number.get() as usize);
        let len = usize::from(head.name_len.get()).min(NAME_ROOM);
        if len > 0 {
            self.text(b" '");
            self.text(&head.name.get()[..len]);
            self.text(b"'");
        }
    }

    /// Writes it to the standard error, in a signal's handler too.
    pub(super) fn write(&self) {
        // SAFETY: the buffer is initialised up to `len`; a failed write changes nothing here.
        unsafe { libc::write(libc::STDERR_FILENO, self.bytes.as_ptr().cast(), self.len) };
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        for &byte in text {
            if self.len < self.bytes.len() {
                self.bytes[self.len] = byte;
                self.len += 1;
            }
        }
    }

    pub(super) fn number(&mut self, mut number: usize) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.text(&digits[at..]);
    }
}
