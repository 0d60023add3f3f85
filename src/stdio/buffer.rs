//! What was read from the standard input, and no task has taken yet.

use std::io;
use std::os::fd::AsFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::io::{Errno, read, retry_on_intr};

/// How much is read at once, in bytes.
const CHUNK: usize = 8192;

/// Bytes on their way from the stream to the task that asks; the same for the whole process.
#[derive(Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    /// Where those begin that no task has taken.
    start: usize,
    /// How many of those were looked through, and are of one line.
    searched: usize,
}

impl Buffer {
    /// The only one. Held for a moment, never while a task waits.
    pub(super) fn lock() -> MutexGuard<'static, Self> {
        static ONLY: Mutex<Buffer> = Mutex::new(Buffer {
            bytes: Vec::new(),
            start: 0,
            searched: 0,
        });
        // What is done under this lock cannot panic half-way.
        ONLY.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What no task has taken.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Takes so many bytes.
    pub(super) fn take(&mut self, count: usize) -> &[u8] {
        let taken = self.start..self.start + count;
        self.start = taken.end;
        self.searched = 0;
        &self.bytes[taken]
    }

    /// How long the first line is, with its end, if that has come.
    pub(super) fn line(&mut self) -> Option<usize> {
        let rest = &self.bytes[self.start..];
        let end = rest[self.searched..].iter().position(|&b| b == b'\n');
        let end = end.map(|end| self.searched + end + 1);
        self.searched = self.rest().len();
        end
    }

    /// Reads once; says how much, and 0 at the end.
    pub(super) fn fill(&mut self) -> io::Result<usize> {
        self.bytes.drain(..std::mem::take(&mut self.start));
        let old = self.bytes.len();
        self.bytes.resize(old + CHUNK, 0);
        let stdin = io::stdin();
        let result = retry_on_intr(|| read(stdin.as_fd(), &mut self.bytes[old..]));
        let count = match result {
            // What is closed is at its end.
            Ok(0) | Err(Errno::BADF) => Ok(0),
            result => result,
        };
        self.bytes.truncate(old + count.unwrap_or(0));
        Ok(count?)
    }
}
