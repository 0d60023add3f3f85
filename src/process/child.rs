//! A child process that runs another program.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{ExitStatus, Output};
use std::sync::Arc;
use std::time::Duration;

use super::exit::Exit;
use super::orphans;
use super::output::read_both;
use crate::error::cannot;
use crate::kernel::signal::Signal;
use crate::kernel::{spend, spend_on_reading};
use crate::pipe::{PipeReader, PipeWriter};
use crate::scope::timeout;
use crate::shown::shown;

/// What a child reads: our end of the pipe.
pub type ChildStdin = PipeWriter;

/// What a child writes: our end of the pipe.
pub type ChildStdout = PipeReader;

/// What a child writes as errors: our end of the pipe.
pub type ChildStderr = PipeReader;

/// A child process; made by [`Command::spawn`](super::Command::spawn).
///
/// No child is left behind as a zombie: one that is dropped before it was waited for goes on, or is
/// [killed](super::Command::kill_on_drop), and a thread waits for it. Where the system makes no thread, a
/// warning is logged, and the next child that is started or dropped has this one looked after, too.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use std::io::{Read, Write};
/// use coros::process::{Command, Stdio};
/// use coros::run;
///
/// let sorted = run(|| -> std::io::Result<String> {
///     let mut sort = Command::new("sort").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
///     sort.stdin.take().unwrap().write_all(b"b\nc\na\n")?;
///     let output = sort.wait_with_output()?;
///     Ok(String::from_utf8_lossy(&output.stdout).into_owned())
/// });
/// assert_eq!(sorted.unwrap().unwrap(), "a\nb\nc\n");
/// ```
///
/// Its looks may suspend once in a while: see [what may suspend](crate#what-may-suspend).
pub struct Child {
    /// What the child reads, if it was [`piped`](std::process::Stdio::piped). Drop it to let the child
    /// come to the end.
    pub stdin: Option<ChildStdin>,
    /// What the child writes, if it was [`piped`](std::process::Stdio::piped).
    pub stdout: Option<ChildStdout>,
    /// What the child writes as errors, if it was [`piped`](std::process::Stdio::piped).
    pub stderr: Option<ChildStderr>,
    pub(super) drops: Drops,
    program: Arc<OsStr>,
    /// There until it is dropped.
    exit: Option<Exit>,
}

/// What becomes of a child that is dropped before it has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Drops {
    Kill,
    LetGo,
}

impl Child {
    pub(super) fn adopt(
        mut started: std::process::Child,
        program: &Arc<OsStr>,
        drops: Drops,
    ) -> io::Result<Self> {
        let stdin = started.stdin.take().map(OwnedFd::from);
        let stdout = started.stdout.take().map(OwnedFd::from);
        let stderr = started.stderr.take().map(OwnedFd::from);
        let mut child = Self {
            stdin: None,
            stdout: None,
            stderr: None,
            drops: Drops::Kill,
            program: Arc::clone(program),
            exit: Some(Exit::of(started)),
        };
        child.stdin = stdin.map(PipeWriter::try_from).transpose()?;
        child.stdout = stdout.map(PipeReader::try_from).transpose()?;
        child.stderr = stderr.map(PipeReader::try_from).transpose()?;
        child.drops = drops;
        Ok(child)
    }

    /// Its number in the system.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.exit().id()
    }

    /// Waits until it ends; says how. Our end of its input is closed first, so that it does not wait for
    /// us. May be asked again.
    ///
    /// # Errors
    ///
    /// Those of the system, or an [interruption](crate::Interrupted::of): then the child goes on, and
    /// can be waited for again.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.stdin = None;
        self.exit().wait()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    ///
    /// Those of the system.
    #[track_caller]
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        spend_on_reading();
        self.exit().try_wait()
    }

    /// Ends it at once; one that has ended is left alone. It is still to be waited for.
    ///
    /// # Errors
    ///
    /// If the system forbids it.
    #[track_caller]
    pub fn kill(&mut self) -> io::Result<()> {
        self.signal(Signal::Kill)
    }

    /// Sends it a signal; one that has ended is left alone.
    ///
    /// # Errors
    ///
    /// If the system forbids it.
    #[track_caller]
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        spend();
        let sent = self.exit().signal(signal);
        sent.map_err(|error| {
            let program = self.program.to_string_lossy();
            cannot("signal", format_args!("`{program}`"), error)
        })
    }

    /// Asks it to end (SIGTERM), gives it so much time, and ends it then (SIGKILL); says how it ended.
    /// The time is that of the scheduler's clock: in virtual time there is none.
    ///
    /// # Errors
    ///
    /// Those of [`signal`](Self::signal) and [`wait`](Self::wait). If it is
    /// [interrupted](crate::Interrupted::of), the child was asked to end, and may not have heeded it.
    ///
    /// # Panics
    ///
    /// Outside a task.
    ///
    /// ```
    /// use std::os::unix::process::ExitStatusExt;
    /// use std::time::Duration;
    /// use coros::{process::Command, run};
    ///
    /// let status = run(|| {
    ///     let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
    ///     child.stop(Duration::from_secs(60)).unwrap()
    /// });
    /// assert_eq!(status.unwrap().signal(), Some(15), "it heeded SIGTERM");
    /// ```
    #[track_caller]
    pub fn stop(&mut self, grace: Duration) -> io::Result<ExitStatus> {
        if let Some(status) = self.try_wait()? {
            return Ok(status);
        }
        self.signal(Signal::Term)?;
        match timeout(grace, || self.wait()) {
            Ok(result) => result,
            Err(_) => {
                self.kill()?;
                self.wait()
            }
        }
    }

    /// Waits until it ends, and reads all that it writes; both outputs at once.
    ///
    /// # Errors
    ///
    /// Those of [`wait`](Self::wait). If it is [interrupted](crate::Interrupted::of), what was read is
    /// gone, and the child is dropped.
    ///
    /// # Panics
    ///
    /// Outside a task.
    #[track_caller]
    pub fn wait_with_output(mut self) -> io::Result<Output> {
        self.stdin = None;
        let (stdout, stderr) = read_both(self.stdout.take(), self.stderr.take())?;
        Ok(Output {
            status: self.wait()?,
            stdout,
            stderr,
        })
    }

    fn exit(&self) -> &Exit {
        let exit = self.exit.as_ref();
        exit.expect("a child has its exit until it is dropped")
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let Some(exit) = self.exit.take().filter(Exit::is_ours) else {
            return;
        };
        if self.drops == Drops::Kill {
            // One that may not be killed is waited for all the same.
            _ = exit.signal(Signal::Kill);
        }
        orphans::leave(exit.into_inner());
    }
}

shown!(impl Debug for Child: self => "Child({} `{}`)", self.id(), self.program.to_string_lossy());
