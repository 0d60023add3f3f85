//! Counting: how many instructions an operation takes, which no noise changes.
//!
//! callgrind runs this program again as a fresh process, twice, with work for so many operations and for
//! twice as many: what the second takes more is the operations' alone, and all set-up falls out.
//!
//! ```text
//!   valgrind coros-bench --child ring coros 503 8    N₁ instructions, n₁ operations
//!   valgrind coros-bench --child ring coros 503 16   N₂               n₂
//!   an operation takes (N₂ − N₁) / (n₂ − n₁)
//! ```

use std::env;
use std::error::Error;
use std::io::ErrorKind;
use std::process::Command;
use std::thread;

use crate::cases::contest::{Contest, Work};
use crate::cases::fresh::{self, Arguments};
use crate::measure::Sample;
use crate::report::{self, COROS, Entry, Figure, Of};

pub const METRIC: &str = "instructions";

/// Operations of the shorter run at least.
const OPERATIONS: u64 = 4_000;

/// Tasks where each does its work once; a tree has a power of ten.
const SHORT: usize = 1_000;
const LONG: usize = 10_000;

/// Counts all subjects of a contest.
pub fn all(contest: &Contest) -> Result<Vec<Entry>, Box<dyn Error>> {
    let mut entries = Vec::new();
    for tasks in contest.countable() {
        let figure = |subject: &'static str| {
            let value = one(contest, subject, tasks)?;
            Ok::<_, Box<dyn Error>>(Figure {
                subject,
                metric: METRIC,
                value,
                at_most: None,
            })
        };
        let names = (contest.subjects)(tasks).into_iter().map(|s| s.name);
        let figures = names.map(figure).collect::<Result<Vec<_>, _>>()?;
        entries.extend(report::figures(contest.case, Of::Tasks(tasks), &figures));
    }
    Ok(entries)
}

/// Counts coros alone.
pub fn coros(contest: &Contest, tasks: usize) -> Result<f64, Box<dyn Error>> {
    one(contest, COROS, tasks)
}

/// Instructions an operation of one subject.
fn one(contest: &Contest, subject: &str, tasks: usize) -> Result<f64, Box<dyn Error>> {
    let run = |tasks, laps| fresh::arguments(contest.case, subject, tasks, laps);
    let [short, long] = match contest.work {
        Work::Tasks => [run(SHORT, 1), run(LONG, 1)],
        Work::Laps | Work::Threads => {
            let lap: Sample = fresh::run(&run(tasks, 1))?;
            let laps = OPERATIONS.div_ceil(lap.operations);
            [run(tasks, laps), run(tasks, 2 * laps)]
        }
    };
    let count = |arguments| counted(arguments).map_err(|error| error.to_string());
    let (short, long) = thread::scope(|scope| {
        let short = scope.spawn(|| count(&short));
        let long = count(&long);
        (short.join().expect("a count does not panic"), long)
    });
    Ok(long?.more_than(&short?))
}

/// What one run has done and taken.
#[derive(Clone, Copy)]
struct Count {
    operations: u64,
    instructions: u64,
}

impl Count {
    /// Instructions for each operation that the shorter run has not done.
    fn more_than(&self, shorter: &Count) -> f64 {
        let instructions = self.instructions as f64 - shorter.instructions as f64;
        instructions / (self.operations - shorter.operations) as f64
    }
}

/// Runs a fresh process under callgrind. Its environment is empty, or the frames of `main` would lie
/// elsewhere from machine to machine.
fn counted(arguments: &Arguments) -> Result<Count, Box<dyn Error>> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(arguments)
        .env_clear();
    if let Some(path) = env::var_os("PATH") {
        command.env("PATH", path);
    }
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => "instructions are counted by valgrind, which is not installed: \
             install it with `apt-get install valgrind`, or as your system does"
            .into(),
        _ => format!("valgrind does not start: {error}"),
    })?;
    let sample: Sample = fresh::told(&output, arguments)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let instructions =
        collected(&said).ok_or_else(|| format!("callgrind told no count: {said}"))?;
    Ok(Count {
        operations: sample.operations,
        instructions,
    })
}

/// How many instructions callgrind says that it has seen.
fn collected(said: &str) -> Option<u64> {
    let number = said
        .lines()
        .find_map(|line| line.split_once("Collected : "))?
        .1;
    // Were more kinds of events counted, instructions would be the first.
    number.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_in_what_callgrind_says() {
        let said =
            "==7== Events    : Ir\n==7== Collected : 2387443\n==7== \n==7== I   refs:  2,387,443\n";
        assert_eq!(collected(said), Some(2_387_443));
    }

    #[test]
    fn no_count_is_made_up_where_callgrind_says_none() {
        assert_eq!(collected("==7== valgrind: no such tool\n"), None);
    }

    #[test]
    fn set_up_does_not_count() {
        let [short, long] =
            [(4_000, 1_400_000), (8_000, 1_920_000)].map(|(operations, instructions)| Count {
                operations,
                instructions,
            });
        assert_eq!(long.more_than(&short), 130.0);
    }
}
