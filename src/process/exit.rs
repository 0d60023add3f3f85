//! How a child's end is waited for.

use std::cell::RefCell;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, ExitStatus};

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, kill_process, pidfd_open, waitid};

use crate::devices::Lineage;
use crate::kernel::signal::Signal;
use crate::kernel::{Interest, Source, call};
use crate::offload::offload;
use crate::syscall::Io;

/// A child that has not been waited for, or has: then its number is not used any more.
pub(super) struct Exit {
    /// Readable when the child has ended; none where the system refuses.
    handle: Option<Source<OwnedFd>>,
    process: RefCell<Child>,
    /// Whose child it is; a process that was forked since has but a copy of this.
    lineage: Lineage,
}

impl Exit {
    pub(super) fn of(process: Child) -> Self {
        let handle = pid_of(&process).and_then(open);
        Self {
            handle: handle.map(|handle| Source::new("process", handle)),
            process: RefCell::new(process),
            lineage: Lineage::current(),
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.process.borrow().id()
    }

    /// Whether it is a child of this process, and not of the one that this was forked from.
    pub(super) fn is_ours(&self) -> bool {
        self.lineage.is_current()
    }

    pub(super) fn into_inner(self) -> Child {
        self.process.into_inner()
    }

    pub(super) fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        self.process.borrow_mut().try_wait()
    }

    /// Waits until it has ended. What is broken off has waited for nothing.
    #[track_caller]
    pub(super) fn wait(&self) -> io::Result<ExitStatus> {
        let Some(handle) = &self.handle else {
            return self.wait_beside();
        };
        call(Io::new(Interest::Read, handle, |_| match self.try_wait() {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err(io::ErrorKind::WouldBlock.into()),
            Err(error) => Err(error),
        }))
    }

    /// A thread looks whether the child has ended, and leaves it to be waited for: so it does no harm if
    /// the wait was given up long ago.
    #[track_caller]
    fn wait_beside(&self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.try_wait()? {
                return Ok(status);
            }
            let pid = pid_of(&self.process.borrow()).ok_or(Errno::CHILD)?;
            let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            offload(move || waitid(WaitId::Pid(pid), look).map(drop))?.or_else(
                |error| match error {
                    Errno::INTR => Ok(()),
                    error => Err(error),
                },
            )?;
        }
    }

    /// Sends a signal, unless it has ended.
    pub(super) fn signal(&self, signal: Signal) -> io::Result<()> {
        // Its number is its own until it was waited for.
        if self.try_wait()?.is_some() {
            return Ok(());
        }
        let pid = pid_of(&self.process.borrow());
        let number = rustix::process::Signal::from_named_raw(signal.number());
        match pid.zip(number) {
            Some((pid, number)) => Ok(kill_process(pid, number)?),
            None => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

pub(super) fn pid_of(process: &Child) -> Option<Pid> {
    let pid = i32::try_from(process.id()).ok()?;
    Pid::from_raw(pid)
}

/// A descriptor that is readable when the child has ended; none where the system refuses.
pub(super) fn open(pid: Pid) -> Option<OwnedFd> {
    pidfd_open(pid, PidfdFlags::empty()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use std::time::Duration;

    fn without_handle(program: &str, argument: &str) -> Exit {
        let mut exit = Exit::of(Command::new(program).arg(argument).spawn().unwrap());
        exit.handle = None;
        exit
    }

    #[test]
    fn a_child_without_a_handle_is_waited_for_in_a_thread() {
        crate::boot::run(|| {
            let quick = without_handle("sh", "-c true");
            assert!(quick.wait().is_ok());
            assert!(quick.wait().is_ok(), "again");
            let slow = without_handle("sleep", "1000");
            let wait = Duration::from_millis(2);
            assert!(crate::scope::timeout(wait, || slow.wait()).is_err());
            slow.signal(Signal::Kill).unwrap();
            assert!(!slow.wait().unwrap().success());
        })
        .unwrap();
    }
}
