//! Metrics as a table, in 80 columns or as many as there are.

use std::fmt;

use super::{CpuMetrics, Summary, TaskMetrics, Totals};
use crate::watch::words::{count, short, short_or_dash, who};

/// How wide the table is unless it is said, and at least.
const USUAL: usize = 80;
const NARROWEST: usize = 40;

/// How wide the names of tasks are at least, in a table that is too narrow for all figures side by side,
/// and at most.
const NAME: usize = 11;
const LONGEST: usize = 40;

/// A column of figures.
struct Column {
    heading: &'static str,
    width: usize,
    figure: fn(&TaskMetrics) -> String,
}

/// The CPU was given up and taken away so many times.
const COLUMNS: [Column; 8] = [
    Column::new("response", 8, |task| short_or_dash(task.response)),
    Column::new("turnaround", 10, |task| short(task.turnaround)),
    Column::new("waiting", 7, |task| short(task.waiting)),
    Column::new("cpu", 7, |task| short(task.cpu)),
    Column::new("blocked", 7, |task| short(task.blocked)),
    Column::new("given", 5, |task| count(task.voluntary)),
    Column::new("taken", 5, |task| count(task.forced)),
    Column::new("missed", 6, |task| count(task.missed)),
];

impl Column {
    const fn new(heading: &'static str, width: usize, figure: fn(&TaskMetrics) -> String) -> Self {
        Self {
            heading,
            width,
            figure,
        }
    }
}

/// As a table in 80 columns, or in as many as the width of the format says, but 40 at least:
/// `format!("{summary:120}")`. In a narrow one the figures of a task stand in several parts.
impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = out.width().unwrap_or(USUAL).max(NARROWEST);
        let mut rest = &COLUMNS[..];
        while !rest.is_empty() {
            let part;
            (part, rest) = rest.split_at(fitting(rest, width));
            let figures: usize = part.iter().map(|column| column.width + 1).sum();
            write_part(out, &self.tasks, part, (width - figures).min(LONGEST))?;
        }
        let cpus = self.cpus.iter().map(|cpu| format!("{cpu}\n"));
        let text = cpus.collect::<String>() + &self.totals.to_string();
        out.write_str(&wrapped(&text, width))
    }
}

/// How many of these columns fit beside the names.
fn fitting(columns: &[Column], width: usize) -> usize {
    let mut used = NAME;
    let fits = |column: &&Column| {
        used += column.width + 1;
        used <= width
    };
    columns.iter().take_while(fits).count()
}

fn write_part(
    out: &mut fmt::Formatter<'_>,
    tasks: &[TaskMetrics],
    columns: &[Column],
    name: usize,
) -> fmt::Result {
    write!(out, "{:name$}", "task")?;
    for column in columns {
        write!(out, " {:>1$}", column.heading, column.width)?;
    }
    for task in tasks {
        write!(out, "\n{:name$}", who(task.tid, &task.name, name))?;
        for column in columns {
            write!(out, " {:>1$}", (column.figure)(task), column.width)?;
        }
    }
    writeln!(out)
}

/// A line of the table.
impl fmt::Display for TaskMetrics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:17}", who(self.tid, &self.name, 17))?;
        for column in &COLUMNS {
            write!(out, " {:>1$}", (column.figure)(self), column.width)?;
        }
        Ok(())
    }
}

/// Breaks lines that are too long between words.
fn wrapped(text: &str, width: usize) -> String {
    let mut wrapped = String::new();
    for (at, line) in text.lines().enumerate() {
        let mut column = 0;
        wrapped.push_str(if at > 0 { "\n" } else { "" });
        for word in line.split(' ') {
            let length = word.chars().count();
            if column > 0 && column + 1 + length > width {
                wrapped.push_str("\n    ");
                column = 4;
            } else if column > 0 {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(word);
            column += length;
        }
    }
    wrapped
}

impl fmt::Display for CpuMetrics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cpu, busy) = (self.cpu, short(self.busy));
        let switches = counted(self.switches, "switch", "switches");
        let pieces = counted(self.pieces, "piece", "pieces");
        write!(out, "CPU {cpu}: busy {busy}, {switches}, {pieces}")
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_cent = 100.0 * self.utilisation;
        writeln!(
            out,
            "{} tasks, {} ended, in {}: {:.3} a second; CPUs used to {per_cent:.1} %",
            count(self.tasks),
            count(self.ended),
            short(self.span),
            self.throughput
        )?;
        writeln!(
            out,
            "mean turnaround {}, response {}, waiting {}; longest wait {}",
            short_or_dash(self.turnaround),
            short_or_dash(self.response),
            short_or_dash(self.waiting),
            short(self.longest_wait)
        )?;
        write!(
            out,
            "wake to turn {} (p50), {} (p99); fairness {:.3}; deadlines missed {}\n\
             switches: {} voluntary (a CPU given up), {} forced (a CPU taken away)",
            short_or_dash(self.wake_p50),
            short_or_dash(self.wake_p99),
            self.fairness,
            count(self.missed),
            count(self.voluntary),
            count(self.forced)
        )
    }
}

/// A number with its noun.
fn counted(number: u64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", count(number))
}
