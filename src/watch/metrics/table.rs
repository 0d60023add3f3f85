//! Metrics as a table in 80 columns.

use std::fmt;

use super::{CpuMetrics, Summary, TaskMetrics, Totals};
use crate::watch::words::{count, short, short_or_dash, who};

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{:17} {:>8} {:>10} {:>7} {:>7} {:>7} {:>5} {:>5} {:>6}",
            "task",
            "response",
            "turnaround",
            "waiting",
            "cpu",
            "blocked",
            "given",
            "taken",
            "missed"
        )?;
        for task in &self.tasks {
            writeln!(out, "{task}")?;
        }
        for cpu in &self.cpus {
            writeln!(out, "{cpu}")?;
        }
        write!(out, "{}", self.totals)
    }
}

/// A line of the table; the CPU was given up and taken away so many times.
impl fmt::Display for TaskMetrics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:17} {:>8} {:>10} {:>7} {:>7} {:>7} {:>5} {:>5} {:>6}",
            who(self.tid, &self.name, 17),
            short_or_dash(self.response),
            short(self.turnaround),
            short(self.waiting),
            short(self.cpu),
            short(self.blocked),
            count(self.voluntary),
            count(self.forced),
            count(self.missed)
        )
    }
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
