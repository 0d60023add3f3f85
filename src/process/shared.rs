//! Shared memory: what a process has in common with the children that it forks.
//!
//! ```
//! use coros::process::SharedMemory;
//!
//! let memory = SharedMemory::new(4096)?;
//! memory.write_at(10, b"hello")?;
//! let mut word = [0; 5];
//! memory.read_at(10, &mut word)?;
//! assert_eq!(&word, b"hello");
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io;
use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

use crate::kernel::{spend, spend_on_reading};
use crate::machine::SharedWords;
use crate::shown::shown;

/// Bytes in a word.
const WORD: usize = size_of::<u64>();

/// Memory that children see which are [forked](super::fork()) after it was made: not a copy, but the same.
///
/// As several processes may write at once, it is reached through atomics alone, and never lent as a
/// slice of bytes. It goes when the last of the processes that have it drops it, or ends. A process made
/// by [spawn](super::spawn) does not see it. (The idea is `mmap`'s, of 4.2BSD; Python's
/// `multiprocessing.Value` and `Array` are made so.)
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct SharedMemory {
    words: SharedWords,
    len: usize,
}

impl SharedMemory {
    /// So many bytes, all zero, rounded up to whole words of 8.
    ///
    /// # Errors
    ///
    /// If `len` is zero, or the system has no memory.
    pub fn new(len: usize) -> io::Result<Self> {
        if len == 0 {
            return Err(invalid("shared memory of no bytes: ask for at least one"));
        }
        Ok(Self {
            words: SharedWords::new(len.div_ceil(WORD))?,
            len: len.checked_next_multiple_of(WORD).unwrap_or(len),
        })
    }

    /// Its size in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The memory as words, for counters and flags that several processes change at once.
    ///
    /// Word `i` is bytes `8 * i` to `8 * i + 7` of [`read_at`](Self::read_at), in the machine's order.
    #[must_use]
    pub fn cells(&self) -> &[AtomicU64] {
        self.words.cells()
    }

    /// Copies bytes out, from `offset` on.
    ///
    /// What another process writes meanwhile may be seen in part: whole words, aligned to 8 bytes, are
    /// old or new.
    ///
    /// # Errors
    ///
    /// If there are not so many bytes.
    #[track_caller]
    pub fn read_at(&self, offset: usize, buffer: &mut [u8]) -> io::Result<()> {
        spend_on_reading();
        let mut rest = buffer;
        for (word, within) in self.parts(offset, rest.len())? {
            let bytes = self.cells()[word].load(Acquire).to_ne_bytes();
            let (part, others) = rest.split_at_mut(within.len());
            part.copy_from_slice(&bytes[within]);
            rest = others;
        }
        Ok(())
    }

    /// Copies bytes in, from `offset` on; seen by others as [`read_at`](Self::read_at) says. Bytes beside
    /// them that another process writes at the same time are kept.
    ///
    /// # Errors
    ///
    /// If there are not so many bytes; then nothing is written.
    #[track_caller]
    pub fn write_at(&self, offset: usize, bytes: &[u8]) -> io::Result<()> {
        spend();
        let mut rest = bytes;
        for (word, within) in self.parts(offset, rest.len())? {
            let (part, others) = rest.split_at(within.len());
            self.write_word(word, within, part);
            rest = others;
        }
        Ok(())
    }

    fn write_word(&self, word: usize, within: Range<usize>, part: &[u8]) {
        let with_part = |old: u64| {
            let mut bytes = old.to_ne_bytes();
            bytes[within.clone()].copy_from_slice(part);
            u64::from_ne_bytes(bytes)
        };
        let cell = &self.cells()[word];
        if within.len() == WORD {
            cell.store(with_part(0), Release);
        } else {
            _ = cell.fetch_update(AcqRel, Acquire, |old| Some(with_part(old)));
        }
    }

    /// The words that a range of bytes touches, and which bytes of each.
    fn parts(
        &self,
        offset: usize,
        len: usize,
    ) -> io::Result<impl Iterator<Item = (usize, Range<usize>)> + use<>> {
        let end = offset.checked_add(len).filter(|&end| end <= self.len);
        let Some(end) = end else {
            return Err(invalid(&format!(
                "{len} bytes from {offset} on are not in shared memory of {} bytes",
                self.len
            )));
        };
        let words = offset / WORD..end.div_ceil(WORD).max(offset / WORD);
        Ok(words.map(move |word| {
            let start = word * WORD;
            (
                word,
                offset.max(start) - start..end.min(start + WORD) - start,
            )
        }))
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

shown!(impl Debug for SharedMemory: self => "SharedMemory({} bytes)", self.len);
