//! The fork server: a small process, started early, that forks on request.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```text
//!   owner ── call(index, argument) ──▶ server ── fork ──▶ child: functions[index](argument)
//!         ◀── result, or how it ended ───────◀── result ────┘
//! ```
//!
//! Its children are copies of what the program was when the server was started: small, and without
//! threads, whatever the owner has become since. (The idea is that of Python's `multiprocessing`, start
//! method "forkserver", and of Android's zygote.)

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::rc::Rc;

use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal};

use super::client::{Client, Received};
use super::failed::Failed;
use super::fork::{Forked, fork};
use super::limits::Limits;
use super::service::{Address, Service, connect};
use super::spawn::Entry;
use super::wire::Wire;
use crate::kernel::{call, spend};
use crate::shown::shown;
use crate::syscall::ReadWait;
use crate::task::{Builder, JoinHandle};

/// How an answer begins.
const RESULT: u8 = 0;
const ENDED: u8 = 1;
const UNKNOWN: u8 = 2;
const REFUSED: u8 = 3;

/// A process that forks for its owner, also when that has threads.
///
/// It ends with its owner, or when this is dropped, and with it the processes that it has forked; it reaps
/// them. Dropping waits for that, a millisecond as a rule and a second at most.
///
/// It has 512 processes at once at most, and takes 256 MiB of arguments at once, each at most 64 MiB, which
/// must have come within 30 seconds; what is beyond that is refused with an error that says so. Results, up
/// to 64 MiB each, are bounded by the number of processes alone: each is kept until it is asked for.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
pub struct ForkServer(Service);

impl ForkServer {
    /// Starts a server that knows these functions: start it before the first thread.
    ///
    /// # Errors
    ///
    /// As [`fork`](super::fork()).
    pub fn start(functions: &[Entry]) -> io::Result<Self> {
        let functions = functions.to_vec();
        let limits = Limits::default();
        let service = Service::start(limits, refusal, move |client| attend(&client, &functions))?;
        Ok(Self(service))
    }

    /// The system's number for the server.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Where it is found, for those who speak its protocol.
    #[must_use]
    pub fn address(&self) -> &Address {
        self.0.address()
    }

    /// Lets a new process run function `index` of the table, and waits for its result.
    ///
    /// Inside a task only the task waits; several may at once, each for a process of its own.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin) and [`Job::wait`]. If the wait is [broken off](crate::Interrupted::of),
    /// the process is killed.
    pub fn call(&self, index: usize, argument: &[u8]) -> Result<Vec<u8>, Failed> {
        self.begin(index, argument)?.wait()
    }

    /// Asks for a new process that runs function `index` of the table, and does not wait for it.
    ///
    /// # Errors
    ///
    /// If the server has ended, the argument is longer than 64 MiB, or the wait was
    /// [interrupted](crate::Interrupted::of); then no process is made.
    pub fn begin(&self, index: usize, argument: &[u8]) -> io::Result<Job> {
        let wire = connect(self.0.address())?;
        let index = u32::try_from(index).unwrap_or(u32::MAX).to_le_bytes();
        wire.write_request(&[&index, argument])?;
        Ok(Job { wire })
    }

    /// Ends the server at once, and what it has forked (SIGKILL).
    ///
    /// # Errors
    ///
    /// If the system refuses.
    #[track_caller]
    pub fn kill(&self) -> io::Result<()> {
        spend();
        self.0.kill()
    }
}

/// A process of a [`ForkServer`]. If it is dropped before it has ended, it is killed.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
#[must_use = "a process is killed when its handle is dropped"]
pub struct Job {
    wire: Wire,
}

impl Job {
    /// Waits until the process has ended, and takes its result, which is given once.
    ///
    /// Inside a task only the task waits. If the wait is broken off, nothing is lost: wait again.
    ///
    /// # Errors
    ///
    /// [`Failed::Ended`] if it ended without a result, [`Failed::Unknown`] if the table has no such
    /// function; [`Failed::Io`] if the server has ended, could not fork, or the wait was [broken
    /// off](crate::Interrupted::of).
    pub fn wait(&self) -> Result<Vec<u8>, Failed> {
        let answer = self.wire.read_frame()?.ok_or_else(|| {
            let text = "the fork server ended before it had an answer";
            io::Error::new(io::ErrorKind::ConnectionAborted, text)
        })?;
        let (head, rest) = answer.split_first().ok_or_else(broken)?;
        let text = || String::from_utf8_lossy(rest).into_owned();
        match *head {
            RESULT => Ok(rest.to_vec()),
            UNKNOWN => Err(Failed::Unknown(text())),
            ENDED => {
                let status = rest.try_into().map_err(|_| broken())?;
                let status = i32::from_le_bytes(status);
                Err(Failed::Ended(ExitStatus::from_raw(status)))
            }
            _ => Err(Failed::Io(io::Error::other(text()))),
        }
    }
}

fn broken() -> io::Error {
    let text = "the fork server's answer is broken: is another program at its address?";
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl Drop for Job {
    fn drop(&mut self) {
        // The server sees this end, also where a process forked meanwhile has a copy of the descriptor.
        self.wire.shut();
    }
}

/// Serves one request, in a task of the server's.
fn attend(client: &Client, functions: &[Entry]) {
    let wire = client.wire();
    let request = match client.receive() {
        Received::Message(request) => request,
        Received::End => return,
        Received::Idle => return answer(wire, REFUSED, client.idle_text().as_bytes()),
        Received::Refused(text) => return answer(wire, REFUSED, text.as_bytes()),
        Received::Broken(error) => return answer(wire, REFUSED, error.to_string().as_bytes()),
    };
    let Some((index, argument)) = request.split_first_chunk() else {
        return answer(wire, REFUSED, b"the request was broken");
    };
    let index = u32::from_le_bytes(*index) as usize;
    let Some(function) = functions.get(index) else {
        let count = functions.len();
        let text = format!("the fork server has no function {index}: its table has {count}");
        return answer(wire, UNKNOWN, text.as_bytes());
    };
    let made = make(*function, argument);
    // The process has its own copy, and may take long.
    drop(request);
    match made {
        Ok((child, outcome)) => pass_on(wire, child, &outcome),
        Err(error) => answer(wire, REFUSED, error.to_string().as_bytes()),
    }
}

fn refusal(text: &str) -> Vec<u8> {
    [&[REFUSED], text.as_bytes()].concat()
}

/// Passes on what comes of a process. The client may ask for that as late as it likes.
fn pass_on(wire: &Wire, child: Forked, outcome: &Wire) {
    let child = Rc::new(child);
    let watcher = watch_for_hang_up(wire, &child);
    // What is broken off is no result: then the child's end tells more.
    let result = outcome.read_frame().ok().flatten();
    let status = child.wait();
    _ = watcher.map(|watcher| watcher.kill());
    match (result, status) {
        (Some(result), Ok(_)) => answer(wire, RESULT, &result),
        (None, Ok(status)) => answer(wire, ENDED, &status.into_raw().to_le_bytes()),
        (_, Err(error)) => answer(wire, REFUSED, error.to_string().as_bytes()),
    }
}

/// A process that does the work, and the wire on which its result comes.
fn make(function: Entry, argument: &[u8]) -> io::Result<(Forked, Wire)> {
    let (here, there) = Wire::pair()?;
    let server = getpid();
    let child = fork(move || work(&there, server, function, argument))?;
    Ok((child, here))
}

/// The new process's whole life; says its exit code.
fn work(there: &Wire, server: Pid, function: Entry, argument: &[u8]) -> i32 {
    // Should the server be killed, nothing would end and reap this one.
    let bound = set_parent_process_death_signal(Some(Signal::KILL));
    if bound.is_err() || getppid() != Some(server) {
        return 1;
    }
    i32::from(there.write_frame(&[&function(argument)]).is_err())
}

/// Ends a child whose result is not wanted any more.
fn watch_for_hang_up(wire: &Wire, child: &Rc<Forked>) -> io::Result<JoinHandle<()>> {
    let stream = wire.stream().try_clone()?;
    let child = Rc::clone(child);
    let watcher = Builder::new().name("watcher").daemon(true);
    let watching = watcher.try_spawn(move || {
        // A client says nothing after its request: this is its end.
        if call(ReadWait(&stream)).is_ok() {
            _ = child.kill();
        }
    });
    watching.map_err(io::Error::other)
}

fn answer(wire: &Wire, head: u8, rest: &[u8]) {
    // A client that does not listen any more has no use for it.
    _ = wire.write_frame(&[&[head], rest]);
}

shown!(impl Debug for ForkServer: self => "ForkServer(process {})", self.id());

shown!(impl Debug for Job: self => "Job");
