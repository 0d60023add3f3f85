//! Pipes: bytes from writers to readers, who wait for each other. Floor 3.
//!
//! | made by | between | what it is |
//! |---|---|---|
//! | [`between_tasks`] | the tasks of one scheduler | a ring of bytes in memory |
//! | [`os`] | this process and its children, or threads | a pipe of the system's |
//!
//! Both keep the rules of UNIX. A reader waits while there is nothing; when all writers are gone and all
//! is read it gets 0, the end. A writer waits while there is no room; when all readers are gone it gets
//! [`BrokenPipe`](std::io::ErrorKind::BrokenPipe). What is written at once, up to [`PIPE_BUF`] bytes,
//! arrives in one piece, whatever others write meanwhile (a `write!` is one write here); of more, as much
//! is written as there is room for. (The one in memory follows xv6's `pipe.c`, with queues instead of a
//! broadcast to all that sleep.)
//!
//! A wait that is broken off did not happen: no byte was read, none written.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```
//! use std::io::{Read, Write};
//! use coros::{pipe, run, spawn};
//!
//! let text = run(|| {
//!     let (mut reader, mut writer) = pipe::between_tasks(4);
//!     spawn(move || writer.write_all(b"more than there is room for"));
//!     let mut text = String::new();
//!     reader.read_to_string(&mut text).unwrap();
//!     text
//! });
//! assert_eq!(text.unwrap(), "more than there is room for");
//! ```

mod memory;
mod os;
mod ring;

pub use memory::{Reader, Writer, between_tasks};
pub use os::{PipeReader, PipeWriter, os};

/// How many bytes are written in one piece at least, as POSIX has it; a pipe in memory that holds less
/// takes as many in one piece as it holds.
pub const PIPE_BUF: usize = 4096;
