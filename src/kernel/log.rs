//! The log lines of births, deaths, panics and errors.

use std::fmt;

use super::core::Core;
use super::exit::Exit;
use super::info::title;
use super::quietly::quietly;
use super::tid::Tid;

impl Core {
    pub(super) fn log_birth(&self, slot: u32) {
        if log::max_level() >= log::LevelFilter::Debug {
            let kind = if self.table.get(slot).is_daemon() {
                " (a daemon)"
            } else {
                ""
            };
            log_debug(format_args!("{} is born{kind}", self.title(slot)));
        }
    }
}

/// Tells of an error in the middle of a kill, which goes on even if the logger panics.
pub(super) fn log_error(text: fmt::Arguments<'_>) {
    quietly(|| log::error!("{text}"));
}

/// Tells of what its user should know, in the middle of a turn, which goes on if the logger panics.
pub(super) fn log_warn(text: fmt::Arguments<'_>) {
    quietly(|| log::warn!("{text}"));
}

/// Tells of what has happened already, and is not undone if the logger panics.
fn log_debug(text: fmt::Arguments<'_>) {
    quietly(|| log::debug!("{text}"));
}

/// Tells of a task's end.
pub(super) fn log_death(tid: Tid, name: Option<&str>, exit: &Exit) {
    let title = || title(tid.number(), name.unwrap_or(""));
    match exit {
        Exit::Panicked(_) => log::error!("{} {exit}", title()),
        _ if log::max_level() >= log::LevelFilter::Debug => log::debug!("{} {exit}", title()),
        _ => {}
    }
}
