//! Statistics as tables in 80 columns.

use std::fmt;

use super::{Look, Rate, State, Statistics, TaskStatistics};
use crate::watch::words::{clip, count, short, who};

/// What `ps` prints.
impl fmt::Display for Statistics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:14} {:9} {:>5} {:>7} {:>5} {:>7} {:>5} what it does",
            "task", "state", "runs", "cpu", "wakes", "waiting", "stack"
        )?;
        for task in self.tasks() {
            write!(out, "\n{task}")?;
        }
        forgotten(self.forgotten(), out)
    }
}

/// A line of what `ps` prints.
impl fmt::Display for TaskStatistics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:14} {:9} {:>5} {:>7} {:>5} {:>7} {:>5} {}",
            who(self.tid, &self.name, 14),
            self.state,
            count(self.runs),
            short(self.cpu),
            count(self.wakes),
            short(self.waiting),
            count(self.depth as u64),
            clip(&doing(self), 21)
        )
    }
}

/// What it does, or how it ended.
fn doing(task: &TaskStatistics) -> String {
    match (&task.exit, &task.holders[..]) {
        (Some(exit), _) => exit.to_string(),
        (None, []) => task.call.clone(),
        (None, [holder, rest @ ..]) => {
            let more = if rest.is_empty() { "" } else { ", …" };
            format!("by {holder}{more}: {}", task.call)
        }
    }
}

/// What `top` prints.
impl fmt::Display for Look {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks = || self.tasks.iter().map(|(task, _)| task);
        let number = |state| tasks().filter(|task| task.state == state).count() as u64;
        writeln!(
            out,
            "at {}, {} later: {} ready, {} computing, {} waiting",
            short(self.time),
            short(self.span),
            count(number(State::Ready) + number(State::Running)),
            count(number(State::Computing)),
            count(number(State::Waiting))
        )?;
        write!(
            out,
            "{:14} {:9} {:>5} {:>7} {:>5} {:>7} {:>5} what it does",
            "task", "state", "% cpu", "cpu", "turns", "all cpu", "all"
        )?;
        for (task, rate) in &self.tasks {
            line(task, rate, out)?;
        }
        forgotten(self.forgotten, out)
    }
}

fn line(task: &TaskStatistics, rate: &Rate, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        out,
        "\n{:14} {:9} {:>5.1} {:>7} {:>5} {:>7} {:>5} {}",
        who(task.tid, &task.name, 14),
        task.state,
        100.0 * rate.share.min(9.99),
        short(rate.cpu),
        count(rate.runs),
        short(task.cpu),
        count(task.runs),
        clip(&doing(task), 21)
    )
}

fn forgotten(number: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    match number {
        0 => Ok(()),
        number => write!(out, "\nand {} that have ended before", count(number)),
    }
}
