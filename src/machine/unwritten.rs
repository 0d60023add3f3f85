//! Bytes on their way to a file, which are written even when the process ends before their owner does it.
//!
//! ```text
//!   the owner ──push──▶ [ whole pieces | being copied | free ] ──hand_on──▶ the file
//!                        └─ 0 .. len ─┘
//!                               └────────── write_out_all ──▶ the file, at the same place
//! ```

use std::os::fd::RawFd;
use std::ptr;
use std::slice;
use std::sync::atomic::Ordering::*;

use super::abort;
use super::handler::process;
use super::write_out::{self, Entry, thread};

/// A buffer of a fixed size, which never moves.
pub(crate) struct Unwritten {
    start: *mut u8,
    room: usize,
    entry: &'static Entry,
}

// SAFETY: the memory behind the pointer is its own, whichever thread it goes to.
unsafe impl Send for Unwritten {}
// SAFETY: what is shared only reads bytes that do not change meanwhile.
unsafe impl Sync for Unwritten {}

impl Unwritten {
    /// An empty buffer of so many bytes.
    pub(crate) fn new(room: usize) -> Self {
        let start = Box::into_raw(vec![0; room].into_boxed_slice()).cast::<u8>();
        let entry = Entry::take();
        entry.len.store(0, Relaxed);
        entry.place.store(0, Relaxed);
        entry.process.store(process(), Relaxed);
        entry.start.store(start, Relaxed);
        Self { start, room, entry }
    }

    /// From now on the process writes what is left in here to the file, however it ends. The file is
    /// written through this buffer alone, from its beginning, and is open for as long as the buffer is
    /// there. One that cannot be written at a place, as a pipe, is left alone.
    pub(crate) fn attach(&mut self, file: RawFd) {
        abort::install();
        write_out::write_out_at_exit();
        self.entry.file.store(file, Release);
    }

    /// What was pushed and not handed on.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the first `len` bytes of the buffer are written, and change only by `&mut self`.
        unsafe { slice::from_raw_parts(self.start, self.len()) }
    }

    /// Adds a piece, if there is room for it; says whether there was.
    #[inline]
    pub(crate) fn push(&mut self, piece: &[u8]) -> bool {
        let len = self.len();
        if piece.len() > self.room - len {
            return false;
        }
        // SAFETY: `len` is at most the size of the buffer.
        let end = unsafe { self.start.add(len) };
        // SAFETY: there is room for the piece from there on, it is no part of the buffer, and a handler
        // reads nothing past `len`.
        unsafe { ptr::copy_nonoverlapping(piece.as_ptr(), end, piece.len()) };
        self.entry.len.store(len + piece.len(), Release);
        true
    }

    /// Has all that was pushed written, and is empty then, whether that worked or not.
    pub(crate) fn hand_on<T>(&mut self, write: impl FnOnce(&[u8]) -> T) -> T {
        let turn = Turn::take(self.entry);
        let written = write(self.bytes());
        drop(turn);
        written
    }

    /// Notes that so many bytes were written to the file past an empty buffer.
    pub(crate) fn pass_by(&mut self, bytes: usize) {
        self.entry.place.fetch_add(bytes as u64, Release);
    }

    #[inline]
    fn len(&self) -> usize {
        self.entry.len.load(Relaxed)
    }
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        let turn = Turn::take(self.entry);
        self.entry.file.store(write_out::NONE, Release);
        drop(turn);
        self.entry.leave();
        let memory = ptr::slice_from_raw_parts_mut(self.start, self.room);
        // SAFETY: it was made of a box of this size, and no handler looks at an entry without a file.
        drop(unsafe { Box::from_raw(memory) });
    }
}

/// The owner's turn to write; a handler of another thread has its own before or after it.
struct Turn(&'static Entry);

impl Turn {
    fn take(entry: &'static Entry) -> Self {
        while entry.busy.swap(true, Acquire) {
            std::hint::spin_loop();
        }
        entry.thread.store(thread(), Relaxed);
        Self(entry)
    }
}

impl Drop for Turn {
    /// Also where the writer has panicked.
    fn drop(&mut self) {
        let len = self.0.len.swap(0, Relaxed);
        self.0.place.fetch_add(len as u64, Relaxed);
        self.0.busy.store(false, Release);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;
    use std::os::fd::AsRawFd;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::super::write_out::write_out_all;
    use super::Unwritten;

    /// A new file with a name of its own, gone with it; and its buffer of 8 bytes.
    fn file_and_buffer(name: &str) -> (std::path::PathBuf, File, Unwritten) {
        let name = format!("coros-unwritten-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let file = File::create(&path).unwrap();
        let mut buffer = Unwritten::new(8);
        buffer.attach(file.as_raw_fd());
        (path, file, buffer)
    }

    #[test]
    fn what_is_written_out_at_any_moment_is_written_once() {
        let (path, mut file, mut buffer) = file_and_buffer("once");
        let is = |text: &str| assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert!(buffer.push(b"abc"));
        write_out_all();
        is("abc");
        buffer.hand_on(|bytes| {
            write_out_all();
            file.write_all(bytes).unwrap();
            write_out_all();
        });
        is("abc");
        assert!(buffer.push(b"defg") && !buffer.push(b"there is no room for this"));
        write_out_all();
        write_out_all();
        is("abcdefg");
        buffer.hand_on(|bytes| file.write_all(bytes).unwrap());
        file.write_all(b"hi").unwrap();
        buffer.pass_by(2);
        assert!(buffer.push(b"j"));
        write_out_all();
        is("abcdefghij");
        drop(buffer);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_buffer_whose_writer_panics_is_empty_and_can_be_used() {
        let (path, mut file, mut buffer) = file_and_buffer("panic");
        assert!(buffer.push(b"lost"));
        let writes = AssertUnwindSafe(|| buffer.hand_on(|_| panic!("no")));
        catch_unwind(writes).unwrap_err();
        assert!(buffer.bytes().is_empty() && buffer.push(b"more"));
        buffer.hand_on(|bytes| file.write_all(bytes).unwrap());
        drop(buffer);
        fs::remove_file(path).unwrap();
    }
}
