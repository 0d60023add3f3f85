//! Children whose handles were dropped: a thread waits for them, so that none is left as a zombie.
//!
//! One thread for all of them, which goes when there are none.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};

use super::exit::{open, pid_of};
use crate::devices::Lineage;
use crate::kernel::log::{log_warn, target};

/// How long it takes to see the end of a child of which the system does not tell, in nanoseconds.
const PAUSE: i64 = 20_000_000;

static ORPHANS: Mutex<Orphans> = Mutex::new(Orphans {
    lineage: None,
    new: Vec::new(),
    wake_pipe: None,
});

/// The orphans that the thread has not taken yet.
struct Orphans {
    /// In which process they were left: one that was forked since has a copy of this, but no such children.
    lineage: Option<Lineage>,
    new: Vec<Child>,
    /// What tells the thread that there is one more; there while the thread is.
    wake_pipe: Option<WakePipe>,
}

/// Its writing end, by which the thread is woken.
struct WakePipe(Option<OwnedFd>);

/// One that the thread waits for.
struct Orphan {
    process: Child,
    handle: Option<OwnedFd>,
}

/// Lets a child be waited for. It never blocks.
///
/// Where the system makes no thread for it, the child is looked after when the next one is
/// [started](retry) or left.
pub(super) fn leave(mut process: Child) {
    if !is_running(&mut process) {
        return;
    }
    let mut orphaned = lock();
    orphaned.new.push(process);
    let ensured = orphaned.ensure_thread();
    drop(orphaned);
    if let Err(error) = ensured {
        let text = "a child that was let go may stay a zombie for a while: no thread waits for it";
        log_warn(target::PROCESS, format_args!("{text}: {error}"));
    }
}

/// Reaps orphans that have ended, and tries again to start the thread for the others.
pub(super) fn retry() {
    let mut orphaned = lock();
    if orphaned.wake_pipe.is_none() && !orphaned.new.is_empty() {
        orphaned.new.retain_mut(is_running);
        // It was told of when they were left.
        _ = orphaned.ensure_thread();
    }
}

impl Orphans {
    /// Wakes or starts the thread that waits for them.
    fn ensure_thread(&mut self) -> io::Result<()> {
        if let Some(wake_pipe) = &self.wake_pipe {
            wake_pipe.wake();
        } else if !self.new.is_empty() {
            let (listener, end) = wake_pipe();
            // The lock is held meanwhile, and the thread begins by taking it: it finds this.
            let thread = thread::Builder::new().name("orphans".to_owned());
            thread.spawn(move || wait_for_all(listener.as_ref()))?;
            self.wake_pipe = Some(end);
        }
        Ok(())
    }
}

fn is_running(process: &mut Child) -> bool {
    matches!(process.try_wait(), Ok(None))
}

/// Waits for all orphans, until there are none.
fn wait_for_all(listener: Option<&OwnedFd>) {
    let mut orphans = Vec::new();
    loop {
        let mut orphaned = lock();
        orphans.extend(orphaned.new.drain(..).map(Orphan::new));
        orphans.retain_mut(|orphan| is_running(&mut orphan.process));
        if orphans.is_empty() {
            orphaned.wake_pipe = None;
            return;
        }
        drop(orphaned);
        wait_for_any(&orphans, listener);
    }
}

/// Waits until one of them may have ended, or there is one more.
fn wait_for_any(orphans: &[Orphan], listener: Option<&OwnedFd>) {
    let handles: Vec<BorrowedFd<'_>> = orphans
        .iter()
        .filter_map(|orphan| orphan.handle.as_ref())
        .chain(listener)
        .map(AsFd::as_fd)
        .collect();
    let all_tell = handles.len() == orphans.len() + 1;
    let pause = Timespec {
        tv_sec: 0,
        tv_nsec: PAUSE,
    };
    let limit = (!all_tell).then_some(&pause);
    let mut all: Vec<_> = handles
        .iter()
        .map(|handle| PollFd::new(handle, PollFlags::IN))
        .collect();
    // Broken off by a signal, it is asked again; without memory too, after a while.
    if poll(&mut all, limit).is_err() {
        thread::sleep(std::time::Duration::from_nanos(PAUSE as u64));
    }
    if let Some(listener) = listener {
        drain(listener);
    }
}

/// The reading end, for the thread, and the writing end; neither if the system has no descriptors.
fn wake_pipe() -> (Option<OwnedFd>, WakePipe) {
    match pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK) {
        Ok((listener, end)) => (Some(listener), WakePipe(Some(end))),
        Err(_) => (None, WakePipe(None)),
    }
}

impl WakePipe {
    fn wake(&self) {
        if let Some(end) = &self.0 {
            // If the pipe is full, the thread is woken anyway.
            _ = rustix::io::write(end, b"!");
        }
    }
}

fn drain(listener: &OwnedFd) {
    let mut bytes = [0; 64];
    while matches!(rustix::io::read(listener, &mut bytes), Ok(count) if count == bytes.len()) {}
}

impl Orphan {
    fn new(process: Child) -> Self {
        let handle = pid_of(&process).and_then(open);
        Self { process, handle }
    }
}

/// What is done under this lock cannot panic half-way.
fn lock() -> MutexGuard<'static, Orphans> {
    let mut orphaned = ORPHANS.lock().unwrap_or_else(PoisonError::into_inner);
    let here = Lineage::current();
    if orphaned.lineage.replace(here) != Some(here) {
        orphaned.new.clear();
        orphaned.wake_pipe = None;
    }
    orphaned
}
