//! Where lines go: a buffer, a checksum, and then out.

use std::io;
use std::os::fd::AsRawFd;

use super::LONGEST_LINE;
use super::flush_timer::FlushTimer;
use crate::machine::Unwritten;

/// How many bytes are collected before they are handed on.
const BUFFER: usize = 64 << 10;

/// Collects lines, and hands them on in large pieces.
///
/// The first error is the last thing that happens to it: what comes later is dropped, so that a
/// recording is always the beginning of the whole one.
pub(super) struct Sink<W> {
    /// Whole lines. Gone before `out` is, whose file it may be told of.
    buffer: Unwritten,
    out: W,
    /// The line that is being written.
    line: Vec<u8>,
    /// The checksum of what has left the buffer.
    sum: crc32fast::Hasher,
    timer: FlushTimer,
    failed: Option<io::Error>,
    /// Whether `out` is at work. Still so afterwards if it panicked: it is not to be asked again.
    writing: bool,
}

impl<W: io::Write> Sink<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            buffer: Unwritten::new(BUFFER),
            out,
            line: Vec::new(),
            sum: crc32fast::Hasher::new(),
            timer: FlushTimer::new(),
            failed: None,
            writing: false,
        }
    }

    /// What went wrong, if anything did.
    pub(super) fn failed(&self) -> Option<&io::Error> {
        self.failed.as_ref()
    }

    /// Adds a line: what `write` appends to the buffer that it is given.
    #[inline]
    pub(super) fn line(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> serde_json::Result<()>,
    ) -> io::Result<()> {
        self.line.clear();
        write(&mut self.line)?;
        let length = self.line.len();
        if length >= LONGEST_LINE {
            return Err(io::Error::other(format!(
                "an event takes {length} bytes, more than a line may have"
            )));
        }
        self.line.push(b'\n');
        match self.buffer.push(&self.line) {
            true => Ok(()),
            false => self.make_room(),
        }
    }

    /// After an event: hands on what has been collected if it is time.
    #[inline]
    pub(super) fn flush_if_due(&mut self) -> io::Result<()> {
        match self.timer.is_due() {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// The checksum of all lines so far.
    pub(super) fn sum(&self) -> u32 {
        let mut sum = self.sum.clone();
        sum.update(self.buffer.bytes());
        sum.finalize()
    }

    /// Hands on what has been collected.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        at_work(&mut self.writing, || self.out.flush())
    }

    /// Keeps the error, and hands on what came before it as far as that can be done.
    #[cold]
    pub(super) fn fail(&mut self, error: io::Error) {
        if self.failed.is_none() {
            _ = self.flush();
            self.failed = Some(error);
        }
    }

    /// Hands on what has been collected, to make room for the line, or for one that no room is for.
    #[cold]
    fn make_room(&mut self) -> io::Result<()> {
        self.hand_on()?;
        if self.buffer.push(&self.line) {
            return Ok(());
        }
        self.sum.update(&self.line);
        let passed = at_work(&mut self.writing, || self.out.write_all(&self.line));
        self.buffer.pass_by(self.line.len());
        self.line = Vec::new();
        passed
    }

    #[cold]
    fn hand_on(&mut self) -> io::Result<()> {
        self.sum.update(self.buffer.bytes());
        let Self {
            buffer,
            out,
            writing,
            ..
        } = self;
        buffer.hand_on(|lines| at_work(writing, || out.write_all(lines)))
    }
}

impl<W: io::Write + AsRawFd> Sink<W> {
    /// Lets what is in the buffer when the process ends be written to the file that it is for, which was
    /// empty before.
    pub(super) fn write_at_exit(&mut self) {
        self.buffer.attach(self.out.as_raw_fd());
    }
}

fn at_work(writing: &mut bool, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    if std::mem::replace(writing, true) {
        return Err(io::Error::other("the writer panicked before"));
    }
    let done = work();
    *writing = false;
    done
}
