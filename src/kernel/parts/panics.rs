//! The panic hook: a line that names the task, in place of the thread.

use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::fmt;
use std::io::Write;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use log::{Level, log_enabled};

use super::catch_user_panic::catch_user_panic;
use super::log::target;
use crate::kernel::abi::{Exit, Tid, message_of, title};
use crate::machine;

thread_local! {
    /// The last panic that the hook has printed on this thread: the task and the message.
    static TOLD: RefCell<Option<(Tid, String)>> = const { RefCell::new(None) };
}

/// Installs a panic hook for the whole process which names the task that panics: `task 2 'bold' panicked
/// at src/main.rs:37:5: it was slippery`, where std's own would say `thread 'main' panicked`.
///
/// A panic inside a task is told once, when it happens: through the log, at `error` with the target
/// `coros::panic`, if the logger takes that, and else on standard error; a caught one too. With
/// `RUST_BACKTRACE` set, a backtrace follows. Panics outside all tasks, those of calls while they are
/// served among them, go to the hook that was there before. To kill a task is no panic: no hook hears of
/// it. To install it once more does nothing.
///
/// A hook belongs to the whole process, and nothing tells a library whether one was set that it would
/// replace. So neither [`run`](crate::run) nor a scheduler installs this one: a program does, best as the
/// first thing in its `main`. The demo system does so. A program that has a hook of its own leaves this
/// alone, or sets its own later; then that one is called, and the log names the task at its end.
///
/// The logger is called in the middle of a panic, on the task's stack: one that panics then ends the
/// process, and one that holds a lock while it formats what it was given waits for ever if that panics.
/// What goes to standard error is not captured by the test harness.
///
/// ```
/// coros::install_panic_hook();
/// let ended = coros::run(|| panic!("told as a panic of task 1 'main'"));
/// assert!(ended.is_err());
/// ```
pub fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| match Tid::running() {
            Some(tid) => tell(tid, info),
            None => before(info),
        }));
    });
}

/// Tells of a panic in a task, once.
fn tell(tid: Tid, info: &PanicHookInfo<'_>) {
    let message = message_of(info.payload());
    let title = match tid.number() {
        0 => "a task that is run by hand".to_owned(),
        number => title(number, &machine::running_name()),
    };
    match info.location() {
        Some(place) => say(format_args!("{title} panicked at {place}: {message}")),
        None => say(format_args!("{title} panicked: {message}")),
    }
    // Only now: on a small stack there may be no room for it.
    if wants_backtrace() {
        say(format_args!(
            "stack backtrace:\n{}",
            Backtrace::force_capture()
        ));
    }
    // The thread may be ending.
    let _ = TOLD.try_with(|told| told.replace(Some((tid, message))));
}

/// Says it through the log, or else on standard error.
fn say(text: fmt::Arguments<'_>) {
    if log_enabled!(target: target::PANIC, Level::Error) {
        log::error!(target: target::PANIC, "{text}");
    } else {
        // One write, so that nothing comes between; a closed standard error is no reason to panic.
        let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
    }
}

/// As std decides it for its own hook.
fn wants_backtrace() -> bool {
    std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0")
}

/// Logs that a panic has ended a task, unless the hook has told of it; says whether it is told.
pub(crate) fn log_panic(tid: Tid, name: &str, exit: &Exit) -> bool {
    let Exit::Panicked(message) = exit else {
        return false;
    };
    if was_told(tid, message) {
        return true;
    }
    let logged = catch_user_panic(|| {
        let takes = log_enabled!(target: target::PANIC, Level::Error);
        if takes {
            log::error!(target: target::PANIC, "{} {exit}", title(tid.number(), name));
        }
        takes
    });
    // A logger that panicked in the middle of it may have told a part.
    logged.unwrap_or(true)
}

/// Whether the hook has told of the panic that has ended a task.
fn was_told(tid: Tid, message: &str) -> bool {
    let is_it = |told: &(Tid, String)| told.0 == tid && told.1 == message;
    let told = TOLD.try_with(|told| told.borrow_mut().take_if(|told| is_it(told)));
    told.is_ok_and(|told| told.is_some())
}
