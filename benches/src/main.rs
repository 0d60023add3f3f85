//! coros side by side with its peers, measured in one run.
//!
//! ```text
//! cargo run --release -p coros-bench -- [CASE…] [--json FILE] [--smoke] [--rounds N]
//! cargo run --release -p coros-bench -- [CASE…] --count [--json FILE]
//! cargo run --release -p coros-bench -- [CASE…] --budgets check|lower|set
//! cargo run --release -p coros-bench -- --publish FILE…
//! ```
//!
//! `cases` say what is compared and which goals are set; `subjects` are coros and its peers, each
//! doing the same work in its own idiom; `measure` runs them in turns; `wire` puts servers and the load on
//! them on cores of their own; `report` prints and judges. `count` has callgrind count instructions, and
//! `budgets` holds coros to them; `publish` writes tables and, with `chart`, pictures for the docs.

mod budgets;
mod cases;
mod chart;
mod count;
mod measure;
mod publish;
mod report;
mod subjects;
mod wire;

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use budgets::Then;
use cases::Case;
use measure::Effort;
use report::Entry;

/// Measures coros and its peers in one run, interleaved, and says which goals are reached.
#[derive(Parser)]
#[command(name = "coros-bench")]
struct Options {
    /// Which cases to run; all of them if none is named.
    #[arg(value_enum, value_name = "CASE")]
    cases: Vec<Case>,

    /// Write all figures to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Run everything once and tiny: to see that it runs, not how fast.
    #[arg(long)]
    smoke: bool,

    /// Count instructions an operation instead of measuring times; takes valgrind.
    #[arg(long, conflicts_with = "smoke")]
    count: bool,

    /// Count coros alone in what has a budget, and check the budgets, lower or set them.
    #[arg(long, value_name = "HOW", value_enum, conflicts_with_all = ["smoke", "json", "count"])]
    budgets: Option<Then>,

    /// Measure nothing: write the tables and pictures of docs/performance.md from such JSON files.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["smoke", "json", "count", "budgets", "cases"])]
    publish: Option<Vec<PathBuf>>,

    /// How many times each subject is measured, in turns.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// Runs a subject of a case once, with so many tasks and laps, and prints what that took.
    #[arg(long, hide = true, num_args = 4, value_names = ["CASE", "SUBJECT", "TASKS", "LAPS"])]
    child: Option<Vec<String>>,

    /// Is the server of a subject in a case, pinned to this core, until stdin ends.
    #[arg(long, hide = true, num_args = 3, value_names = ["CASE", "SUBJECT", "CORE"])]
    serve: Option<Vec<String>>,
}

fn main() -> ExitCode {
    match bench(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn bench(options: Options) -> Result<(), Box<dyn Error>> {
    if let Some([case, subject, tasks, laps]) = options.child.as_deref() {
        return cases::fresh::child(case, subject, tasks.parse()?, laps.parse()?);
    }
    if let Some([case, subject, core]) = options.serve.as_deref() {
        return cases::servers::serve(case, subject, core);
    }
    if let Some(files) = options.publish.as_deref() {
        return publish::publish(files);
    }
    let cases = chosen(&options.cases);
    if let Some(then) = options.budgets {
        return budgets::run(&cases, then);
    }
    let effort = match options.smoke {
        true => Effort::smoke(),
        false => Effort::full(options.rounds),
    };
    // Open it first, so that a bad path is not found out after minutes.
    let json = options.json.as_deref().map(create).transpose()?;
    let mut entries = Vec::new();
    for case in cases {
        match options.count {
            true => {
                for contest in case.contests() {
                    entries.extend(count::all(contest)?);
                }
            }
            false => entries.extend(case.run(&effort)?),
        }
    }
    if let Some(file) = json {
        serde_json::to_writer_pretty(file, &entries)?;
    }
    Ok(())
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// The cases named, each once, or all.
fn chosen(named: &[Case]) -> Vec<Case> {
    let is_chosen = |case: &Case| named.is_empty() || named.contains(case);
    Case::ALL.into_iter().filter(is_chosen).collect()
}

/// What a case has found out.
type Findings = Result<Vec<Entry>, Box<dyn Error>>;
