//! The log: its targets, and the lines of births, ends and errors.

use std::fmt;
use std::io::Write;
use std::sync::Once;

use log::{Level, LevelFilter, log_enabled};

use super::catch_user_panic::catch_user_panic;
use crate::kernel::abi::events::Ended;
use crate::kernel::abi::{Exit, Tid, title};
use crate::machine::TaskRef;

/// What the lines of the log are of, so that a filter can choose among them. The documentation of the
/// crate lists them for users.
pub(crate) mod target {
    /// A line for each turn, at `trace`.
    pub(crate) const TURN: &str = "coros::turn";
    /// Births and ends, at `debug`; what could not be ended in good order, at `error`.
    pub(crate) const TASK: &str = "coros::task";
    /// Panics of tasks, at `error`.
    pub(crate) const PANIC: &str = "coros::panic";
    /// Tasks that wait for one another in a cycle, at `warn`.
    pub(crate) const DEADLOCK: &str = "coros::deadlock";
    /// Tasks that ran too long without a call, at `warn`.
    pub(crate) const WATCHDOG: &str = "coros::watchdog";
    /// Offloaded work whose result others wait for in virtual time, at `warn`.
    pub(crate) const OFFLOAD: &str = "coros::offload";
    /// Signals that no task can hear, at `warn`.
    pub(crate) const SIGNAL: &str = "coros::signal";
    /// Policies that were thrown out, at `error`.
    pub(crate) const POLICY: &str = "coros::policy";
    /// Observers that were dropped, and recordings that were broken off, at `error`.
    pub(crate) const OBSERVER: &str = "coros::observer";
    /// Locks that were unlocked in another task than the one that locked them, at `warn`.
    pub(crate) const SYNC: &str = "coros::sync";
    /// What lints find, at `warn` and `info`.
    pub(crate) const LINT: &str = "coros::lint";
    /// Clients of a service that could not be served, at `warn`.
    #[cfg(target_os = "linux")]
    pub(crate) const PROCESS: &str = "coros::process";
}

/// Whether the log takes the lines of turns. Cheap unless some target is logged at `trace`.
#[inline]
pub(crate) fn traces_turns() -> bool {
    log::max_level() == LevelFilter::Trace && takes_turns()
}

#[cold]
#[inline(never)]
fn takes_turns() -> bool {
    // The logger is the user's, and may panic.
    catch_user_panic(|| log_enabled!(target: target::TURN, Level::Trace)).unwrap_or(false)
}

/// Whether the log takes lines of ends.
pub(crate) fn takes_ends() -> bool {
    log::max_level() >= LevelFilter::Debug
        && catch_user_panic(|| log_enabled!(target: target::TASK, Level::Debug)).unwrap_or(false)
}

/// Logs how tasks have ended; that one panicked was logged at once.
pub(crate) fn log_ends(ended: &[Ended]) {
    for Ended { tid, name, exit } in ended {
        if !matches!(exit, Exit::Panicked(_)) {
            log_end(*tid, name, exit);
        }
    }
}

#[inline]
pub(crate) fn log_birth(task: impl FnOnce() -> (String, bool)) {
    if log::max_level() >= LevelFilter::Debug {
        let (title, is_daemon) = task();
        let kind = if is_daemon { " (a daemon)" } else { "" };
        catch_user_panic(|| log::debug!(target: target::TASK, "{title} is born{kind}"));
    }
}

/// Logs an error in the middle of a kill, which goes on even if the logger panics.
pub(crate) fn log_error(target: &str, text: fmt::Arguments<'_>) {
    catch_user_panic(|| log::error!(target: target, "{text}"));
}

/// Logs what the user should know, in the middle of a turn, which goes on if the logger panics.
pub(crate) fn log_warn(target: &str, text: fmt::Arguments<'_>) {
    catch_user_panic(|| log::warn!(target: target, "{text}"));
}

/// Logs how a task has ended.
pub(crate) fn log_end(tid: Tid, name: &str, exit: &Exit) {
    if log::max_level() >= LevelFilter::Debug {
        let title = title(tid.number(), name);
        catch_user_panic(|| log::debug!(target: target::TASK, "{title} {exit}"));
    }
}

/// Tells of a task that is left where it is: for a reason, or since nothing unwinds where panics abort.
pub(crate) fn log_given_up(title: &str, reason: Option<&str>) {
    static TOLD: Once = Once::new();
    if let Some(reason) = reason {
        return log_error(
            target::TASK,
            format_args!("{title}: {reason}; given up, its stack is leaked"),
        );
    }
    TOLD.call_once(|| {
        // A closed standard error is no reason to panic.
        let _ = writeln!(
            std::io::stderr(),
            "coros: {title} is killed, but not unwound: its destructors do not run and its \
             stack is leaked, since this program is built with panic = \"abort\""
        );
    });
}

/// How messages call this task.
pub(crate) fn title_of(task: &TaskRef) -> String {
    title(Tid::of(task).number(), task.facts().name())
}
