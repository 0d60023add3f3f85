//! Wires: Unix sockets that carry frames between processes.
//!
//! ```text
//!   frame:  length, 4 bytes, lowest first │ so many bytes
//! ```

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;

use crate::kernel::{Interest, Source, call};
use crate::machine;
use crate::syscall::Io;

/// The longest frame that is taken, in bytes: a length beyond that is a broken message.
pub(super) const LONGEST: usize = 64 << 20;

/// Bytes of the length.
const HEAD: usize = 4;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// One end of a stream of frames; it blocks the task alone inside one, and outside the thread.
pub(super) struct Wire {
    source: Source<UnixStream>,
    /// What has come of the next frame: kept, if the wait for the rest is broken off.
    come: RefCell<Vec<u8>>,
}

impl Wire {
    pub(super) fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            source: Source::new("process wire", stream),
            come: RefCell::default(),
        })
    }

    /// Two ends.
    pub(super) fn pair() -> io::Result<(Self, Self)> {
        let (here, there) = UnixStream::pair()?;
        Ok((Self::new(here)?, Self::new(there)?))
    }

    pub(super) fn stream(&self) -> &UnixStream {
        self.source.get()
    }

    /// Ends the stream for both sides, whatever other process has a copy of the descriptor.
    pub(super) fn shut(&self) {
        // One that is not connected any more has ended already.
        _ = self.stream().shutdown(Shutdown::Both);
    }

    /// Reads a frame; none if the other side has ended the stream between two.
    ///
    /// # Errors
    ///
    /// If the frame is too long or broken off, or the wait is: then the next call goes on.
    pub(super) fn read_frame(&self) -> io::Result<Option<Vec<u8>>> {
        match self.read_head()? {
            Some(length) => Ok(Some(self.read_body(length)?)),
            None => Ok(None),
        }
    }

    /// Reads how long the next frame is; none if the other side has ended the stream.
    pub(super) fn read_head(&self) -> io::Result<Option<usize>> {
        if !self.fill(HEAD)? {
            return Ok(None);
        }
        let come = self.come.borrow();
        let head: [u8; HEAD] = come[..HEAD].try_into().expect("as long as a head");
        let length = u32::from_le_bytes(head) as usize;
        match length <= LONGEST {
            true => Ok(Some(length)),
            false => Err(too_long(length)),
        }
    }

    /// Reads the rest of a frame whose head has been read.
    pub(super) fn read_body(&self, length: usize) -> io::Result<Vec<u8>> {
        let room = (HEAD + length).saturating_sub(self.come.borrow().len());
        self.come.borrow_mut().reserve_exact(room);
        self.fill(HEAD + length)?;
        let mut frame = self.come.take();
        frame.drain(..HEAD);
        Ok(frame)
    }

    /// Whether nothing of the next frame has come yet.
    pub(super) fn has_nothing(&self) -> bool {
        self.come.borrow().is_empty()
    }

    /// Reads until so many bytes have come; says whether, or the stream has ended without any.
    fn fill(&self, count: usize) -> io::Result<bool> {
        while self.come.borrow().len() < count {
            let missing = count - self.come.borrow().len();
            let mut buffer = vec![0; missing.min(CHUNK)];
            let read = attempt(&self.source, Interest::Read, |mut io| io.read(&mut buffer))?;
            if read == 0 {
                return match self.come.borrow().is_empty() {
                    true => Ok(false),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
            self.come.borrow_mut().extend_from_slice(&buffer[..read]);
        }
        Ok(true)
    }

    /// Writes a frame. If the wait is broken off in the middle, the wire is good for nothing more.
    ///
    /// # Errors
    ///
    /// If the frame is too long, the other side is gone, or the wait is broken off.
    pub(super) fn write_frame(&self, parts: &[&[u8]]) -> io::Result<()> {
        let length = parts.iter().map(|part| part.len()).sum();
        let head = u32::try_from(length).ok().filter(|_| length <= LONGEST);
        let head = head.ok_or_else(|| too_long(length))?.to_le_bytes();
        if length <= CHUNK {
            return self.write_all(&[&[&head[..]], parts].concat().concat());
        }
        // Not copied once more: it is long.
        self.write_all(&head)?;
        parts.iter().try_for_each(|part| self.write_all(part))
    }

    /// As `write_frame`, of what the other side may refuse before it has read it all: then it has hung up,
    /// and the next frame that is read says why.
    pub(super) fn write_request(&self, parts: &[&[u8]]) -> io::Result<()> {
        match self.write_frame(parts) {
            Err(error) if hung_up(&error) => Ok(()),
            written => written,
        }
    }

    /// Writes what is not a whole frame.
    #[cfg(test)]
    pub(super) fn write_part(&self, bytes: &[u8]) {
        self.write_all(bytes).expect("there is room for it");
    }

    fn write_all(&self, mut rest: &[u8]) -> io::Result<()> {
        while !rest.is_empty() {
            match attempt(&self.source, Interest::Write, |mut io| io.write(rest))? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => rest = &rest[written..],
            }
        }
        Ok(())
    }
}

/// Whether the other side does not listen any more.
pub(super) fn hung_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionReset)
}

/// Tries until it does not block any more: the task alone waits inside one; outside, the thread.
pub(super) fn attempt<T: AsFd, R>(
    source: &Source<T>,
    way: Interest,
    mut attempt: impl FnMut(&T) -> io::Result<R>,
) -> io::Result<R> {
    if machine::inside_task() {
        return call(Io::new(way, source, attempt));
    }
    loop {
        match attempt(source.get()) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                wait_for(source.get(), way)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

fn wait_for(fd: &impl AsFd, way: Interest) -> io::Result<()> {
    let flags = match way {
        Interest::Read => PollFlags::IN,
        Interest::Write => PollFlags::OUT,
    };
    retry_on_intr(|| poll(&mut [PollFd::new(fd, flags)], None))?;
    Ok(())
}

fn too_long(length: usize) -> io::Error {
    let text = format!("a message of {length} bytes is too long: at most {LONGEST} go through");
    io::Error::new(io::ErrorKind::InvalidData, text)
}
