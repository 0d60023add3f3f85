//! What the log tells: turns, ends, deadlocks, tasks that run too long.
//!
//! A process has one logger, so this program stays apart from the others, and its scenes take turns.

#[path = "../common/mod.rs"]
mod common;
mod deadlock;
mod lines;
mod watchdog;

use std::mem::take;
use std::sync::{Mutex, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

/// A line of the log.
#[derive(Clone, PartialEq, Debug)]
struct Line {
    level: Level,
    target: String,
    text: String,
}

/// Keeps every line that it takes.
struct Keeper {
    lines: Mutex<Vec<Line>>,
    /// The only targets whose lines it takes; all, if there are none.
    only: Mutex<Vec<&'static str>>,
}

impl Log for Keeper {
    fn enabled(&self, asked: &Metadata<'_>) -> bool {
        let only = self.only.lock().unwrap();
        only.is_empty() || only.contains(&asked.target())
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.lines.lock().unwrap().push(Line {
                level: record.level(),
                target: record.target().to_owned(),
                text: record.args().to_string(),
            });
        }
    }

    fn flush(&self) {}
}

static KEEPER: Keeper = Keeper {
    lines: Mutex::new(Vec::new()),
    only: Mutex::new(Vec::new()),
};

/// Runs a scene with the log at a level, for these targets alone if there are any; the lines that it left.
fn kept(only: &[&'static str], level: LevelFilter, scene: impl FnOnce()) -> Vec<Line> {
    static ONE_BY_ONE: Mutex<()> = Mutex::new(());
    let _turn = ONE_BY_ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = log::set_logger(&KEEPER);
    take(&mut *KEEPER.lines.lock().unwrap()); // Those of a scene that failed.
    *KEEPER.only.lock().unwrap() = only.to_vec();
    log::set_max_level(level);
    scene();
    log::set_max_level(LevelFilter::Off);
    take(&mut *KEEPER.lines.lock().unwrap())
}

/// The warnings that a scene left.
fn warnings_of(scene: impl FnOnce()) -> Vec<String> {
    let lines = kept(&[], LevelFilter::Warn, scene).into_iter();
    lines.map(|line| line.text).collect()
}
