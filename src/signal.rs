//! Signals: from task to task, and from the system to tasks.
//!
//! [`kill`] sends one to a task. What it does there the task says: it may [`ask`] and [`wait`] for it, have
//! a handler that runs [`on`] it, or [`ignore`] it; [`reset`] takes that back. Without any of these, `Int`,
//! `Term`, `Hup`, `Usr1` and `Usr2` interrupt the task: its waits fail from then on, as if it were
//! cancelled, and [`Interrupted::signal`](crate::Interrupted::signal) says why. `Tstp` stops it until
//! `Cont`; `Chld`, which comes when a child ends that was born after its parent asked for it, does nothing.
//! `Kill` kills, whatever the task says.
//!
//! Signals for the whole process come to each task that asked for them. A signal that no task asked for
//! does to the process what it always does, unless the run
//! [handles signals](crate::kernel::SchedulerBuilder::handle_signals): then SIGINT interrupts all tasks
//! that did not ask for it, and a second one ends the run. The same holds for SIGINT as soon as one task has
//! asked for it. While a task waits for a signal, the run is not stuck, since the system may send it.
//!
//! When a wait is broken off, the `io::Error` says why: see
//! [`Interrupted::of`](crate::Interrupted::of).
//!
//! ```
//! use coros::signal::{self, Signal};
//! use coros::{run, spawn, yield_now};
//!
//! run(|| {
//!     let worker = spawn(|| {
//!         signal::wait(Signal::Usr1).unwrap();
//!         "on to the next file"
//!     });
//!     yield_now();
//!     signal::kill(worker.tid(), Signal::Usr1).unwrap();
//!     assert_eq!(worker.join().unwrap(), "on to the next file");
//! })
//! .unwrap();
//! ```
//!
//! (The words are UNIX's. That the first Ctrl-C interrupts and the second one ends is Python's `asyncio.run`.)

use std::io;

use crate::kernel::signal::Disposition;
pub use crate::kernel::signal::Signal;
use crate::kernel::{NoSuchTask, SystemCall, Tid, call};
use crate::syscall::{Dispose, SendSignal, WaitSignal};
use crate::task::{Builder, JoinHandle};

/// Sends a signal to a task, before the next task is picked; [`Signal::Kill`] at once, as
/// [`KillTask`](crate::syscall::KillTask) does.
///
/// # Errors
///
/// If the task has ended, or is another scheduler's.
///
/// # Panics
///
/// Outside a task.
///
/// ```
/// use coros::kernel::Why;
/// use coros::signal::{Signal, kill};
/// use coros::{run, sleep, spawn, yield_now};
/// use std::time::Duration;
///
/// run(|| {
///     let sleeper = spawn(|| sleep(Duration::from_secs(60)).unwrap_err());
///     yield_now();
///     kill(sleeper.tid(), Signal::Tstp).unwrap();
///     kill(sleeper.tid(), Signal::Int).unwrap(); // It learns of that when it goes on.
///     kill(sleeper.tid(), Signal::Cont).unwrap();
///     let interrupted = sleeper.join().unwrap();
///     assert_eq!(interrupted.why(), Why::Signal);
///     assert_eq!(interrupted.signal(), Some(Signal::Int));
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn kill(tid: Tid, signal: Signal) -> Result<(), NoSuchTask> {
    call(SendSignal(tid, signal))
}

/// Waits until a signal comes to the calling task, or takes one that has come since it asked for the first
/// time. Several of one kind that come meanwhile count as one.
///
/// From the first time on the task has asked for the signal, until [`reset`].
///
/// # Errors
///
/// If the signal cannot be handled, the system refuses, or the wait is
/// [interrupted](crate::Interrupted::of); then the signal, if it comes, stays for the next wait.
///
/// # Panics
///
/// Outside a task.
#[track_caller]
pub fn wait(signal: Signal) -> io::Result<()> {
    call(WaitSignal::new(None, &[signal])).map(drop)
}

/// As [`wait`], for whichever of several comes first; says which.
///
/// # Errors
///
/// As [`wait`].
///
/// # Panics
///
/// Outside a task, or if there are none to wait for.
#[track_caller]
pub fn wait_any(signals: &[Signal]) -> io::Result<Signal> {
    call(waiting(signals))
}

/// The call behind [`wait_any`], for [`select!`](crate::select!). It fails as [`wait`] does.
///
/// # Panics
///
/// If there are none to wait for.
pub fn waiting(signals: &[Signal]) -> impl SystemCall<Reply = io::Result<Signal>> + use<> {
    assert!(
        !signals.is_empty(),
        "no signals to wait for: name at least one"
    );
    WaitSignal::new(None, signals)
}

/// Waits for Ctrl-C: [`wait`] for [`Signal::Int`].
///
/// # Errors
///
/// As [`wait`].
///
/// # Panics
///
/// Outside a task.
#[track_caller]
pub fn ctrl_c() -> io::Result<()> {
    wait(Signal::Int)
}

/// Asks for a signal without waiting: from now on it is kept for the calling task's next [`wait`].
///
/// # Errors
///
/// If the signal cannot be handled, or the system refuses.
///
/// # Panics
///
/// Outside a task.
#[track_caller]
pub fn ask(signal: Signal) -> io::Result<()> {
    call(Dispose(signal, Disposition::Asked))
}

/// Ignores a signal that comes to the calling task, or to the process, as far as this task goes.
///
/// # Errors
///
/// If it cannot be handled, or the system refuses.
///
/// # Panics
///
/// Outside a task.
#[track_caller]
pub fn ignore(signal: Signal) -> io::Result<()> {
    call(Dispose(signal, Disposition::Ignored))
}

/// Lets a signal do to the calling task what it does by default.
///
/// # Errors
///
/// If it is [`Signal::Kill`].
///
/// # Panics
///
/// Outside a task.
#[track_caller]
pub fn reset(signal: Signal) -> io::Result<()> {
    call(Dispose(signal, Disposition::Default))
}

/// Runs `handler` whenever the signal comes to the calling task, for as long as that lives, or until it
/// is [`reset`] or [ignored](ignore).
///
/// The handler runs in a daemon of its own, one time after the other, so it may make calls and wait; signals
/// of the kind that come meanwhile make it run once more. Dropping what is returned changes nothing.
///
/// # Errors
///
/// If the signal cannot be handled, or the system refuses.
///
/// # Panics
///
/// Outside a task, or if there is no memory for a stack.
///
/// ```
/// use std::{cell::Cell, rc::Rc};
/// use coros::signal::{self, Signal};
/// use coros::{call, run, spawn, syscall::GetTid, yield_now};
///
/// run(|| {
///     let count = Rc::new(Cell::new(0));
///     let counter = Rc::clone(&count);
///     let _handler = signal::on(Signal::Usr2, move || counter.set(counter.get() + 1)).unwrap();
///     let me = call(GetTid);
///     signal::kill(me, Signal::Usr2).unwrap();
///     yield_now();
///     yield_now();
///     assert_eq!(count.get(), 1);
/// })
/// .unwrap();
/// ```
#[track_caller]
pub fn on(signal: Signal, mut handler: impl FnMut() + 'static) -> io::Result<Handler> {
    ask(signal)?;
    let owner = call(crate::syscall::GetTid);
    let name = format!("on {signal}");
    let spawned = Builder::new().name(name).daemon(true).spawn(move || {
        // What breaks in on the owner ends there, and not here.
        _ = call(Dispose(Signal::Int, Disposition::Exempt));
        while call(WaitSignal::new(Some(owner), &[signal])).is_ok() {
            handler();
        }
    });
    Ok(Handler(spawned))
}

/// A handler that [`on`] has installed.
#[derive(Debug)]
pub struct Handler(JoinHandle<()>);

impl Handler {
    /// Takes the handler away; the signal stays asked for, until [`reset`].
    pub fn remove(self) {
        self.0.cancel("the handler is taken away");
    }
}
