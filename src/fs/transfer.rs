//! How bytes go to and from a file of each kind.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use rustix::fs::{OFlags, SeekFrom, fcntl_getfl, seek};

use crate::kernel::{Interest, call};
use crate::syscall::WhenReady;

/// The most that is read or written at once, in bytes.
const MOST: usize = 1 << 20;

/// The most that a pipe or a terminal that is writable takes without blocking, in bytes.
const PIPE_BUF: usize = 4096;

/// Where the next byte goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Manner {
    /// To a place that each operation names: one that is given up moves nothing.
    Positioned,
    /// As `Positioned`, but what is written goes to the end.
    Appending,
    /// There are no places, as in a pipe or a terminal: whether there is something can be waited for.
    Streaming,
}

impl Manner {
    /// Of an open file; its cursor, too.
    pub(super) fn of(file: &File) -> io::Result<(Self, u64)> {
        match seek(file, SeekFrom::Current(0)) {
            Err(rustix::io::Errno::SPIPE) => Ok((Self::Streaming, 0)),
            Err(error) => Err(error.into()),
            Ok(cursor) => match fcntl_getfl(file)?.contains(OFlags::APPEND) {
                true => Ok((Self::Appending, cursor)),
                false => Ok((Self::Positioned, cursor)),
            },
        }
    }
}

/// How much of a buffer is done at once.
pub(super) fn share(length: usize) -> usize {
    length.min(MOST)
}

/// Reads from a place, into memory that a thread may keep for longer than the caller waits.
pub(super) fn read_at(file: &File, length: usize, place: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let count = again(|| file.read_at(&mut bytes, place))?;
    bytes.truncate(count);
    Ok(bytes)
}

/// Writes to a place, or to the end; says how much, and where the next byte goes.
pub(super) fn write(
    file: &File,
    bytes: &[u8],
    manner: Manner,
    place: u64,
) -> io::Result<(usize, u64)> {
    if manner == Manner::Appending {
        let mut file = file;
        let count = again(|| file.write(bytes))?;
        return Ok((count, seek(file, SeekFrom::Current(0))?));
    }
    let count = again(|| file.write_at(bytes, place))?;
    Ok((count, place + count as u64))
}

/// Waits until there is something to read, and reads that.
#[track_caller]
pub(super) fn read_stream(file: &Arc<File>, buffer: &mut [u8]) -> io::Result<usize> {
    call(WhenReady::new(Interest::Read, &**file, |mut file| {
        file.read(buffer)
    }))
}

/// Waits until there is room, and writes into that.
#[track_caller]
pub(super) fn write_stream(file: &Arc<File>, bytes: &[u8]) -> io::Result<usize> {
    let piece = &bytes[..bytes.len().min(PIPE_BUF)];
    call(WhenReady::new(Interest::Write, &**file, |mut file| {
        file.write(piece)
    }))
}

/// Does it again when a signal came between.
fn again<T>(mut act: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match act() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
