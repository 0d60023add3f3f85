//! Where lines go: a buffer, a checksum, and then out.

use std::io;

use super::LONGEST_LINE;

/// How many bytes are collected before they are handed on.
const BUFFER: usize = 64 << 10;

/// Collects lines, and hands them on in large pieces.
///
/// The first error is the last thing that happens to it: what comes later is dropped, so that a
/// recording is always the beginning of the whole one.
pub(super) struct Sink<W> {
    out: W,
    buffer: Vec<u8>,
    /// The checksum of what has left the buffer.
    sum: crc32fast::Hasher,
    failed: Option<io::Error>,
    /// Whether `out` is at work. Still so afterwards if it panicked: it is not to be asked again.
    writing: bool,
}

impl<W: io::Write> Sink<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            buffer: Vec::with_capacity(BUFFER + BUFFER / 4),
            sum: crc32fast::Hasher::new(),
            failed: None,
            writing: false,
        }
    }

    /// What went wrong, if anything did.
    pub(super) fn failed(&self) -> Option<&io::Error> {
        self.failed.as_ref()
    }

    /// Adds a line: what `write` appends to the buffer.
    #[inline]
    pub(super) fn line(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
    ) -> io::Result<()> {
        let before = self.buffer.len();
        let mut written = write(&mut self.buffer).map_err(io::Error::from);
        let length = self.buffer.len() - before;
        if written.is_ok() && length >= LONGEST_LINE {
            written = Err(io::Error::other(format!(
                "an event takes {length} bytes, more than a line may have"
            )));
        }
        if written.is_err() {
            self.buffer.truncate(before);
            return written;
        }
        self.buffer.push(b'\n');
        match self.buffer.len() < BUFFER {
            true => Ok(()),
            false => self.hand_on(),
        }
    }

    /// The checksum of all lines so far.
    pub(super) fn sum(&self) -> u32 {
        let mut sum = self.sum.clone();
        sum.update(&self.buffer);
        sum.finalize()
    }

    /// Hands on what has been collected.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.at_work(W::flush)
    }

    /// Keeps the error, and hands on what came before it as far as that can be done.
    #[cold]
    pub(super) fn fail(&mut self, error: io::Error) {
        if self.failed.is_none() {
            _ = self.flush();
            self.failed = Some(error);
        }
    }

    #[cold]
    fn hand_on(&mut self) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.sum.update(&buffer);
        let handed = self.at_work(|out| out.write_all(&buffer));
        buffer.clear();
        buffer.shrink_to(2 * BUFFER);
        self.buffer = buffer;
        handed
    }

    fn at_work(&mut self, work: impl FnOnce(&mut W) -> io::Result<()>) -> io::Result<()> {
        if std::mem::replace(&mut self.writing, true) {
            return Err(io::Error::other("the writer panicked before"));
        }
        let done = work(&mut self.out);
        self.writing = false;
        done
    }
}
