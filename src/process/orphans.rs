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

static HOME: Mutex<Home> = Mutex::new(Home {
    lineage: None,
    new: Vec::new(),
    bell: None,
});

/// Where orphans wait for the thread.
struct Home {
    /// In which process they were left: one that was forked since has a copy of this, but no such children.
    lineage: Option<Lineage>,
    new: Vec<Child>,
    /// What tells the thread that there is one more; there while the thread is.
    bell: Option<Bell>,
}

/// Its writing end is rung, or goes.
struct Bell(Option<OwnedFd>);

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
    let mut home = lock();
    home.new.push(process);
    let ensured = home.ensure_thread();
    drop(home);
    if let Err(error) = ensured {
        let text = "a child that was let go may stay a zombie for a while: no thread waits for it";
        log_warn(target::PROCESS, format_args!("{text}: {error}"));
    }
}

/// Reaps orphans that have ended, and tries again to start the thread for the others.
pub(super) fn retry() {
    let mut home = lock();
    if home.bell.is_none() && !home.new.is_empty() {
        home.new.retain_mut(is_running);
        // It was told of when they were left.
        _ = home.ensure_thread();
    }
}

impl Home {
    /// Wakes or starts the thread that waits for them.
    fn ensure_thread(&mut self) -> io::Result<()> {
        if let Some(bell) = &self.bell {
            bell.ring();
        } else if !self.new.is_empty() {
            let (listener, bell) = new_bell();
            // The lock is held meanwhile, and the thread begins by taking it: it finds the bell.
            let thread = thread::Builder::new().name("orphans".to_owned());
            thread.spawn(move || raise_all(listener.as_ref()))?;
            self.bell = Some(bell);
        }
        Ok(())
    }
}

fn is_running(process: &mut Child) -> bool {
    matches!(process.try_wait(), Ok(None))
}

/// Waits for all orphans, until there are none.
fn raise_all(listener: Option<&OwnedFd>) {
    let mut orphans = Vec::new();
    loop {
        let mut home = lock();
        orphans.extend(home.new.drain(..).map(Orphan::new));
        orphans.retain_mut(|orphan| is_running(&mut orphan.process));
        if orphans.is_empty() {
            home.bell = None;
            return;
        }
        drop(home);
        wait_for_any(&orphans, listener);
    }
}

/// Waits until one of them may have ended, or the bell rings.
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
        hush(listener);
    }
}

/// A bell, and what the thread hears it by; without descriptors, one that no thread hears.
fn new_bell() -> (Option<OwnedFd>, Bell) {
    match pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK) {
        Ok((listener, bell)) => (Some(listener), Bell(Some(bell))),
        Err(_) => (None, Bell(None)),
    }
}

impl Bell {
    fn ring(&self) {
        if let Some(end) = &self.0 {
            // If the pipe is full, it rings.
            _ = rustix::io::write(end, b"!");
        }
    }
}

fn hush(listener: &OwnedFd) {
    let mut rings = [0; 64];
    while matches!(rustix::io::read(listener, &mut rings), Ok(count) if count == rings.len()) {}
}

impl Orphan {
    fn new(process: Child) -> Self {
        let handle = pid_of(&process).and_then(open);
        Self { process, handle }
    }
}

/// What is done under this lock cannot panic half-way.
fn lock() -> MutexGuard<'static, Home> {
    let mut home = HOME.lock().unwrap_or_else(PoisonError::into_inner);
    let here = Lineage::current();
    if home.lineage.replace(here) != Some(here) {
        home.new.clear();
        home.bell = None;
    }
    home
}
