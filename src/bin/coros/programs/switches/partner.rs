//! The other side of a pair that takes turns through pipes.
//!
//! ```text
//!   this thread ── ball ──▶ partner: a thread, or a process
//!               ◀── ball ──
//! ```

use std::env::current_exe;
use std::io::{self, PipeReader, PipeWriter, pipe};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread::{Builder, JoinHandle};

/// How often the ball goes there and back in a batch.
const TRIPS: u32 = 100;

pub struct Partner {
    to: PipeWriter,
    from: PipeReader,
    side: Side,
}

enum Side {
    Thread(JoinHandle<io::Result<()>>),
    Process(Child),
}

impl Partner {
    /// A thread of this process, on the same CPU: it begins with what this one may use.
    pub fn thread() -> io::Result<Self> {
        let ((there, to), (from, back)) = (pipe()?, pipe()?);
        let thread = Builder::new().spawn(move || echo(there, back))?;
        Ok(Self {
            to,
            from,
            side: Side::Thread(thread),
        })
    }

    /// This program once more, which finds the pipes as its input and its output.
    pub fn process(memory: usize) -> io::Result<Self> {
        let ((there, to), (from, back)) = (pipe()?, pipe()?);
        let mut command = Command::new(current_exe()?);
        command.args(["run", "switches", "--echo", "--memory", &memory.to_string()]);
        // In a group of its own, for Ctrl-C is this side's; that side ends with its input.
        let child = command
            .process_group(0)
            .stdin(there)
            .stdout(back)
            .stderr(Stdio::inherit())
            .spawn()?;
        Ok(Self {
            to,
            from,
            side: Side::Process(child),
        })
    }

    /// So many turns of both; says how many there were, each a switch.
    pub fn take_turns(&mut self) -> io::Result<u32> {
        for _ in 0..TRIPS {
            rustix::io::write(&self.to, b"o")?;
            if rustix::io::read(&self.from, &mut [0])? == 0 {
                return Err(io::Error::other("the other side has gone"));
            }
        }
        Ok(2 * TRIPS)
    }

    /// Lets the other side come to its end.
    pub fn end(self) -> io::Result<()> {
        drop(self.to);
        match self.side {
            Side::Thread(thread) => thread.join().expect("an echo does not panic"),
            Side::Process(mut child) => child.wait().map(drop),
        }
    }
}

/// Sends back each byte, until there are no more.
pub fn echo(from: impl AsFd, to: impl AsFd) -> io::Result<()> {
    let mut ball = [0];
    while rustix::io::read(&from, &mut ball)? > 0 {
        rustix::io::write(&to, &ball)?;
    }
    Ok(())
}
