//! The line in which a handler of signals says which task ends the process. Nothing here locks or allocates.

use super::head::Head;

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
        // SAFETY: the head's owner lies in the header of the task that runs here, which is alive.
        let name = unsafe { &*head.owner.get() };
        self.text(b"task ");
        self.number(name.get().number() as usize);
        if head.name_len.get() > 0 {
            self.text(b" '");
            head.name().for_each(|byte| self.text(&[byte]));
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
