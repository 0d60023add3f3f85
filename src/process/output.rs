//! Reading all that a child writes, both streams at once.

use std::io::{self, Read};

use crate::pipe::PipeReader;
use crate::select;

/// How much is read at once, in bytes: what a pipe holds.
const CHUNK: usize = 1 << 16;

/// Reads all that comes from both pipes, until both have ended.
#[track_caller]
pub(super) fn read_both(
    stdout: Option<PipeReader>,
    stderr: Option<PipeReader>,
) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut stdout = Stream::new(stdout);
    let mut stderr = Stream::new(stderr);
    let (mut first, mut second) = (&mut stdout, &mut stderr);
    while first.pipe.is_some() || second.pipe.is_some() {
        read_either(first, second)?;
        // One that always has something shall not keep the other waiting.
        (first, second) = (second, first);
    }
    Ok((stdout.bytes, stderr.bytes))
}

/// Reads from whichever has something, and from the first if both have.
#[track_caller]
fn read_either(first: &mut Stream, second: &mut Stream) -> io::Result<()> {
    let (Some(one), Some(other)) = (&first.pipe, &second.pipe) else {
        first.read_alone()?;
        return second.read_alone();
    };
    let read = select! {
        biased;
        count = one.reading(&mut first.room) => (&mut *first, count),
        count = other.reading(&mut second.room) => (&mut *second, count),
    };
    let (stream, count) = read?;
    stream.keep(count?);
    Ok(())
}

/// One stream, and what was read from it.
struct Stream {
    /// None at its end, or if there is no such stream.
    pipe: Option<PipeReader>,
    room: Vec<u8>,
    bytes: Vec<u8>,
}

impl Stream {
    fn new(pipe: Option<PipeReader>) -> Self {
        let room = pipe.as_ref().map_or(0, |_| CHUNK);
        Self {
            pipe,
            room: vec![0; room],
            bytes: Vec::new(),
        }
    }

    #[track_caller]
    fn read_alone(&mut self) -> io::Result<()> {
        if let Some(mut pipe) = self.pipe.as_ref() {
            let count = pipe.read(&mut self.room)?;
            self.keep(count);
        }
        Ok(())
    }

    fn keep(&mut self, count: usize) {
        self.bytes.extend(&self.room[..count]);
        if count == 0 {
            self.pipe = None;
        }
    }
}
