//! What is to be run, and how.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::sync::Arc;

use super::child::{Child, Drops};
use super::orphans;
use crate::error::cannot;

/// A program to be run as a child process, as [`std::process::Command`] describes it.
///
/// Starting it holds the loop up for as long as the system takes to load a program, about a millisecond;
/// all waiting blocks the task alone.
///
/// When a wait is broken off, the `io::Error` says why: see
/// [`Interrupted::of`](crate::Interrupted::of).
///
/// ```
/// use coros::{process::Command, run};
///
/// let output = run(|| Command::new("echo").arg("hello").output());
/// assert_eq!(output.unwrap().unwrap().stdout, b"hello\n");
/// ```
pub struct Command {
    std: std::process::Command,
    program: Arc<OsStr>,
    /// Which of the standard streams were set.
    said: [bool; 3],
    drops: Drops,
}

impl Command {
    /// A program, by its path, or by its name if it is to be looked for.
    #[must_use]
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        std::process::Command::new(program).into()
    }

    /// One more argument.
    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.std.arg(argument);
        self
    }

    /// More arguments.
    pub fn args(&mut self, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> &mut Self {
        self.std.args(arguments);
        self
    }

    /// Sets a variable of the child's environment, which otherwise is a copy of ours.
    pub fn env(&mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.std.env(key, value);
        self
    }

    /// Sets several variables of the child's environment.
    pub fn envs<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        &mut self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> &mut Self {
        self.std.envs(variables);
        self
    }

    /// Takes a variable out of the child's environment.
    pub fn env_remove(&mut self, key: impl AsRef<OsStr>) -> &mut Self {
        self.std.env_remove(key);
        self
    }

    /// Leaves the child's environment empty, but for what is set from here on.
    pub fn env_clear(&mut self) -> &mut Self {
        self.std.env_clear();
        self
    }

    /// The directory in which the child runs.
    pub fn current_dir(&mut self, directory: impl AsRef<Path>) -> &mut Self {
        self.std.current_dir(directory);
        self
    }

    /// What the child reads: ours, unless this says otherwise; for [`output`](Self::output), nothing.
    pub fn stdin(&mut self, stream: impl Into<Stdio>) -> &mut Self {
        self.said[0] = true;
        self.std.stdin(stream);
        self
    }

    /// Where the child writes to: ours, unless this says otherwise; [`output`](Self::output) reads it.
    ///
    /// The command keeps what it is given, for the next child: so the reader of a pipe comes to the end
    /// only when the command was dropped, too.
    pub fn stdout(&mut self, stream: impl Into<Stdio>) -> &mut Self {
        self.said[1] = true;
        self.std.stdout(stream);
        self
    }

    /// Where the child writes errors to; as [`stdout`](Self::stdout).
    pub fn stderr(&mut self, stream: impl Into<Stdio>) -> &mut Self {
        self.said[2] = true;
        self.std.stderr(stream);
        self
    }

    /// Whether a child that was not waited for is killed as its [`Child`] is dropped; no, unless it is said.
    pub fn kill_on_drop(&mut self, kill: bool) -> &mut Self {
        self.drops = match kill {
            true => Drops::Kill,
            false => Drops::LetGo,
        };
        self
    }

    /// What `std` has for all else: user, group, process group …
    pub fn as_std_mut(&mut self) -> &mut std::process::Command {
        &mut self.std
    }

    /// Starts the program.
    ///
    /// # Errors
    ///
    /// If there is no such program, it cannot be run, or the system has no room for it.
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use coros::{process::Command, run};
    ///
    /// let error = run(|| Command::new("no-such-program").spawn().unwrap_err()).unwrap();
    /// assert_eq!(error.kind(), ErrorKind::NotFound);
    /// assert!(error.to_string().starts_with("cannot run `no-such-program`: "));
    /// ```
    pub fn spawn(&mut self) -> io::Result<Child> {
        orphans::retry();
        let started = self.std.spawn().map_err(|error| self.cannot_run(error))?;
        Child::adopt(started, &self.program, self.drops).map_err(|error| self.cannot_run(error))
    }

    /// Runs the program; says how it ended.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn), or an [interruption](crate::Interrupted::of): then the child is
    /// killed, as nothing else knows it.
    #[track_caller]
    pub fn status(&mut self) -> io::Result<ExitStatus> {
        let mut child = self.spawn()?;
        child.drops = Drops::Kill;
        child.wait()
    }

    /// Runs the program; says how it ended, and all that it wrote.
    ///
    /// Both outputs are read at once, so the child never waits for one while we wait for the other.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    #[track_caller]
    pub fn output(&mut self) -> io::Result<Output> {
        self.set_defaults([Stdio::null, Stdio::piped, Stdio::piped]);
        let spawned = self.spawn();
        self.set_defaults([Stdio::inherit; 3]);
        let mut child = spawned?;
        child.drops = Drops::Kill;
        child.wait_with_output()
    }

    /// Sets the streams that were not set.
    fn set_defaults(&mut self, [stdin, stdout, stderr]: [fn() -> Stdio; 3]) {
        let [said_in, said_out, said_err] = self.said;
        if !said_in {
            self.std.stdin(stdin());
        }
        if !said_out {
            self.std.stdout(stdout());
        }
        if !said_err {
            self.std.stderr(stderr());
        }
    }

    fn cannot_run(&self, error: io::Error) -> io::Error {
        // The system says of either that it is not there, and not which.
        let error = match self.std.get_current_dir() {
            Some(directory) if error.kind() == ErrorKind::NotFound && !directory.is_dir() => {
                let directory = directory.display();
                io::Error::new(error.kind(), format!("there is no directory {directory}"))
            }
            _ => error,
        };
        let program = self.program.to_string_lossy();
        cannot("run", format_args!("`{program}`"), error)
    }
}

impl From<std::process::Command> for Command {
    /// Takes over what `std` describes. Streams count as not spoken of.
    fn from(std: std::process::Command) -> Self {
        let program = Arc::from(std.get_program());
        Self {
            std,
            program,
            said: [false; 3],
            drops: Drops::LetGo,
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.std.fmt(out)
    }
}
