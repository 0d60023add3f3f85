//! A child process, until it is reaped.

use std::cell::Cell;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, pidfd_send_signal, waitpid,
};

use crate::devices::Lineage;
use crate::kernel::call;
use crate::machine;
use crate::syscall::ReadWait;

/// A child of this process: known by a descriptor, so that its number is never mistaken for another's.
#[derive(Debug)]
pub(super) struct Offspring {
    pid: Pid,
    handle: OwnedFd,
    status: Cell<Option<ExitStatus>>,
    /// Whose child it is; a process that was forked since has but a copy of this.
    lineage: Lineage,
}

impl Offspring {
    /// Takes charge of a child that was made just now and that nothing else waits for.
    ///
    /// # Errors
    ///
    /// If no descriptor is left for it: then it is killed.
    pub(super) fn adopt(pid: u32) -> io::Result<Self> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or(io::ErrorKind::InvalidInput)?;
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(handle) => Ok(Self {
                pid,
                handle,
                status: Cell::new(None),
                lineage: Lineage::current(),
            }),
            Err(error) => {
                // It is not reaped yet, so the number is still its own.
                _ = rustix::process::kill_process(pid, Signal::KILL);
                _ = retry_on_intr(|| waitpid(Some(pid), WaitOptions::empty()));
                Err(error.into())
            }
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Whether it is a child of this process, and not of the one that this was forked from.
    pub(super) fn is_ours(&self) -> bool {
        self.lineage.is_current()
    }

    /// Ends it at once, if it has not ended.
    pub(super) fn kill(&self) -> io::Result<()> {
        match pidfd_send_signal(&self.handle, Signal::KILL) {
            Err(Errno::SRCH) => Ok(()),
            sent => Ok(sent?),
        }
    }

    /// Waits until it ends: the task alone inside one; outside, the thread.
    pub(super) fn wait(&self) -> io::Result<ExitStatus> {
        loop {
            let inside = machine::inside_task();
            let options = match inside {
                true => WaitOptions::NOHANG,
                false => WaitOptions::empty(),
            };
            if let Some(status) = self.reap(options)? {
                return Ok(status);
            }
            if inside {
                call(ReadWait(&self.handle))?;
            }
        }
    }

    /// How it ended, if it has.
    pub(super) fn try_wait(&self) -> io::Result<Option<ExitStatus>> {
        self.reap(WaitOptions::NOHANG)
    }

    fn reap(&self, options: WaitOptions) -> io::Result<Option<ExitStatus>> {
        if self.status.get().is_some() {
            return Ok(self.status.get());
        }
        if !self.is_ours() {
            return Err(io::Error::other(format!(
                "process {} is no child of this process, but of the one that forked this: only that \
                 can wait for it",
                self.id()
            )));
        }
        if let Some((_, status)) = retry_on_intr(|| waitpid(Some(self.pid), options))? {
            self.status.set(Some(ExitStatus::from_raw(status.as_raw())));
        }
        Ok(self.status.get())
    }

    /// Gives it so much time to end by itself, which holds up the thread; then ends it.
    pub(super) fn end_within(&self, patience: Duration) {
        let Ok(None) = self.try_wait() else { return };
        let limit = Timespec::try_from(patience).ok();
        let mut all = [PollFd::new(&self.handle, PollFlags::IN)];
        // Broken off by a signal it is only less patient.
        _ = poll(&mut all, limit.as_ref());
        self.end();
    }

    /// Ends it if need be, and leaves no zombie. What is killed so ends soon.
    fn end(&self) {
        if let Ok(None) = self.try_wait() {
            _ = self.kill();
            _ = self.reap(WaitOptions::empty());
        }
    }
}

impl Drop for Offspring {
    fn drop(&mut self) {
        self.end();
    }
}
