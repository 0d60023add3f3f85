//! Pipes in memory, between the tasks of one scheduler.

use std::io::{self, Read, Write};
use std::rc::Rc;

use super::ring::Ring;
use crate::forward::{nothing_kept, read_by_reference, write_by_reference};
use crate::kernel::{Interrupted, SystemCall, spend, spend_on_reading};
use crate::queue::{Plain, Take, Want, take};
use crate::shown::shown;

/// Makes a pipe in memory that holds so many bytes, and at least one.
///
/// Both ends are cheap to clone; readers are served in the order in which they come, writers too. None
/// overtakes, so a small piece that must wait for room holds back those behind it.
///
/// ```
/// use std::io::{ErrorKind, Write};
/// use coros::{pipe, run};
///
/// run(|| {
///     let (reader, mut writer) = pipe::between_tasks(16);
///     writer.write_all(b"hello").unwrap();
///     assert_eq!(reader.len(), 5);
///     drop(reader);
///     assert_eq!(writer.write(b"?").unwrap_err().kind(), ErrorKind::BrokenPipe);
/// })
/// .unwrap();
/// ```
#[must_use]
pub fn between_tasks(capacity: usize) -> (Reader, Writer) {
    let ring = Rc::new(Ring::new(capacity));
    (Reader(Rc::clone(&ring)), Writer(ring))
}

/// The end of a pipe in memory that is read from; made by [`between_tasks`].
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Reader(Rc<Ring>);

/// The end of a pipe in memory that is written to; made by [`between_tasks`].
///
/// When a wait is broken off, the `io::Error` says why: see [`Interrupted::of`].
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Writer(Rc<Ring>);

impl Reader {
    /// The same end; traces and reports call its pipe by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.set_name(name.into());
        self
    }

    /// How many bytes could be read now.
    #[must_use]
    #[track_caller]
    pub fn len(&self) -> usize {
        spend_on_reading();
        self.0.len()
    }

    /// Whether a reader would have to wait, or is at the end.
    #[must_use]
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the pipe holds at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// The call that reading makes: to be yielded, or raced against others. It replies with how many
    /// bytes it read; 0 is the end, or nothing was asked for.
    pub fn reading(
        &self,
        buffer: &mut [u8],
    ) -> impl SystemCall<Reply = Result<usize, Interrupted>> {
        Take::new(self.wanted(buffer))
    }

    fn wanted(&self, buffer: &mut [u8]) -> impl Want<Got = usize, Error = Interrupted> {
        let ring = &self.0;
        Plain::new("Read", &ring.readers, move |_| ring.read(buffer).map(Ok))
    }
}

impl Writer {
    /// The same end; traces and reports call its pipe by this name from now on. Either end will do.
    #[must_use]
    pub fn named(self, name: impl Into<Rc<str>>) -> Self {
        self.0.set_name(name.into());
        self
    }

    /// How many bytes could be written now without waiting.
    #[must_use]
    #[track_caller]
    pub fn room(&self) -> usize {
        spend_on_reading();
        self.0.capacity() - self.0.len()
    }

    /// How many bytes the pipe holds at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// The call that writing makes: to be yielded, or raced against others. It replies with how many
    /// bytes it wrote, or [`BrokenPipe`](io::ErrorKind::BrokenPipe).
    pub fn writing(&self, piece: &[u8]) -> impl SystemCall<Reply = io::Result<usize>> {
        Take::new(self.wanted(piece))
    }

    fn wanted(&self, piece: &[u8]) -> impl Want<Got = usize, Error = io::Error> {
        let ring = &self.0;
        Plain::new("Write", &ring.writers, move |_| ring.write(piece))
    }
}

impl Read for &Reader {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        spend();
        Ok(take(self.wanted(buffer))?)
    }
}

impl Write for &Writer {
    #[track_caller]
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        spend();
        take(self.wanted(piece))
    }

    nothing_kept!();
}

impl Clone for Reader {
    fn clone(&self) -> Self {
        self.0.reader_ends.update(|ends| ends + 1);
        Self(Rc::clone(&self.0))
    }
}

impl Clone for Writer {
    fn clone(&self) -> Self {
        self.0.writer_ends.update(|ends| ends + 1);
        Self(Rc::clone(&self.0))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.reader_ends.update(|ends| ends - 1);
        if self.0.reader_ends.get() == 0 {
            // The first gets to know that the pipe is broken, and calls the next.
            self.0.writers.call_next();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.0.writer_ends.update(|ends| ends - 1);
        if self.0.writer_ends.get() == 0 {
            self.0.readers.call_next();
        }
    }
}

read_by_reference!(Reader);
write_by_reference!(Writer);

shown!(impl Debug for Reader: self => "Reader({}, {} bytes)", self.0.readers.list, self.0.len());

shown!(impl Debug for Writer: self =>
    "Writer({}, room for {} bytes)", self.0.writers.list, self.room());
