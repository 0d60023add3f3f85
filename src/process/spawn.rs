//! Spawn: the same program from its beginning, with nothing carried over.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```text
//!   parent: spawn("square", argument) ── exec ──▶ child: main ─▶ entries(table) ─▶ square(argument)
//!           wait() ◀───────────── result ────────────────────────────────────────────┘ exits
//! ```
//!
//! It works whatever threads there are, and costs a whole start of the program. What goes to the child
//! and back is bytes, through a socket. (The idea is `CreateProcess`'s and `posix_spawn`'s; of Python's
//! `multiprocessing`, the start method "spawn", which also finds its functions again by their names.)
//!
//! ```no_run
//! use coros::process::{entries, spawn::spawn};
//!
//! fn shout(argument: &[u8]) -> Vec<u8> {
//!     argument.to_ascii_uppercase()
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     entries(&[("shout", shout)]); // First: in a child it does not return.
//!     let child = spawn("shout", b"hello")?;
//!     assert_eq!(child.wait()?, b"HELLO");
//!     Ok(())
//! }
//! ```

use std::cell::RefCell;
use std::env;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio, exit};
use std::sync::OnceLock;

use rustix::fs::{FileType, fstat};
use rustix::stdio::dup2_stdin;

use super::failed::Failed;
use super::offspring::Offspring;
use super::wire::Wire;
use crate::kernel::spend;
use crate::shown::shown;

/// What a new process does: bytes in, bytes out.
pub type Entry = fn(&[u8]) -> Vec<u8>;

/// Tells a child that it is one: the number of the socket that is its standard input, and its entry. The
/// number shows that it is meant, and not handed down to a grandchild.
const VARIABLE: &str = "COROS_SPAWNED";

/// The entries that `main` has named.
static NAMES: OnceLock<Vec<String>> = OnceLock::new();

/// Names what [`spawn`] can start; in a process that was started so, does that, and exits.
///
/// `main` calls it first: what stands before is done in each child too. A child whose entry panics has the
/// exit code 101. Its standard input is empty, and its output and environment are the parent's.
///
/// The first table counts; a second one is not looked at.
pub fn entries(table: &[(&str, Entry)]) {
    NAMES.get_or_init(|| table.iter().map(|(name, _)| (*name).to_owned()).collect());
    if let Some((name, wire)) = called_for() {
        let entry = table.iter().find(|(known, _)| *known == name);
        let (_, entry) = entry.unwrap_or_else(|| panic!("this program has no entry '{name}'"));
        exit(serve(&wire, *entry));
    }
}

/// Which entry this process was started for, if it was.
fn called_for() -> Option<(String, Wire)> {
    let value = env::var(VARIABLE).ok()?;
    let (number, name) = value.split_once(':')?;
    let input = io::stdin();
    let found = fstat(&input).ok()?;
    let is_socket = FileType::from_raw_mode(found.st_mode) == FileType::Socket;
    if !is_socket || found.st_ino.to_string() != number {
        return None;
    }
    let socket = input.as_fd().try_clone_to_owned().ok()?;
    // From here on, standard input is empty, and no other reader takes what is for us.
    dup2_stdin(File::open("/dev/null").ok()?).ok()?;
    let wire = Wire::new(UnixStream::from(socket)).ok()?;
    Some((name.to_owned(), wire))
}

/// Does what is asked; says how the process ends.
fn serve(wire: &Wire, entry: Entry) -> i32 {
    let Ok(Some(argument)) = wire.read_frame() else {
        return 1; // The process that asked is gone.
    };
    let result = entry(&argument);
    match wire.write_frame(&[&result]) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("the result does not reach who asked for it: {error}");
            1
        }
    }
}

/// Starts this program anew, to do what [`entries`] calls by this name.
///
/// Comes back when the child has been told. Inside a task only the task waits for that, but the system
/// holds the thread up while it loads the program.
///
/// # Errors
///
/// If `main` has not called [`entries`], or not with this name: else each child would be a parent itself.
/// If the argument is longer than 64 MiB, the system refuses, or the wait was
/// [interrupted](crate::Interrupted::of): then there is no child.
pub fn spawn(name: &str, argument: &[u8]) -> io::Result<Spawned> {
    spend();
    check_name(name)?;
    let (here, there) = UnixStream::pair()?;
    let number = fstat(&there)?.st_ino;
    // The very program that runs, even if its file has been replaced.
    let mut command = Command::new("/proc/self/exe");
    if let Some(own) = env::args_os().next() {
        command.arg0(own);
    }
    command.env(VARIABLE, format!("{number}:{name}"));
    command.stdin(Stdio::from(OwnedFd::from(there)));
    let child = Offspring::adopt(command.spawn()?.id())?;
    drop(command); // With our copy of the child's end.
    let wire = Wire::new(here)?;
    wire.write_frame(&[argument])?;
    Ok(Spawned {
        child,
        wire,
        result: RefCell::default(),
    })
}

fn check_name(name: &str) -> io::Result<()> {
    let text = match NAMES.get() {
        None => "spawn: main must call coros::process::entries first".to_owned(),
        Some(known) if known.iter().any(|known| known == name) => return Ok(()),
        Some(known) => {
            format!("spawn: no entry is called '{name}': main gave process::entries {known:?}")
        }
    };
    Err(io::Error::new(io::ErrorKind::NotFound, text))
}

/// A process made by [`spawn`].
///
/// If it is dropped before it has ended, it is killed, as a [`Forked`](super::Forked) is.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[must_use = "a process is killed when its handle is dropped"]
pub struct Spawned {
    child: Offspring,
    wire: Wire,
    /// What has come, while its end is waited for.
    result: RefCell<Option<Vec<u8>>>,
}

impl Spawned {
    /// The system's number for the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the process has ended, and takes its result, which is given once.
    ///
    /// Inside a task only the task waits. If the wait is broken off, nothing is lost: wait again.
    ///
    /// # Errors
    ///
    /// [`Failed::Ended`] if it ended without a result, or this was taken already; [`Failed::Io`] if the
    /// wait was [broken off](crate::Interrupted::of), or another task waits.
    pub fn wait(&self) -> Result<Vec<u8>, Failed> {
        if self.result.borrow().is_none() {
            // An error of the stream comes of the same end that is told by the status.
            let result = match self.wire.read_frame() {
                Err(error) if !is_end(&error) => return Err(error.into()),
                read => read.ok().flatten(),
            };
            *self.result.borrow_mut() = result;
        }
        let status = self.child.wait()?;
        self.result.take().ok_or(Failed::Ended(status))
    }

    /// Ends it at once, if it has not ended (SIGKILL).
    ///
    /// # Errors
    ///
    /// If the system refuses, since it has taken on another user's rights.
    #[track_caller]
    pub fn kill(&self) -> io::Result<()> {
        spend();
        self.child.kill()
    }
}

/// Whether an error means that the other side is gone.
fn is_end(error: &io::Error) -> bool {
    let kinds = [
        io::ErrorKind::UnexpectedEof,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::BrokenPipe,
    ];
    kinds.contains(&error.kind())
}

shown!(impl Debug for Spawned: self => "Spawned(process {})", self.id());
