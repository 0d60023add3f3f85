//! `coros sched`: jobs on a simulated machine, under one policy after another.
//!
//! `options` says what may be asked, `jobs` and `lists` read it, `machine` runs the jobs as tasks,
//! `report` makes figures of who ran when; `chart`, `table` and `written` print them.

use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

mod chart;
mod claims;
mod jobs;
mod legend;
mod lists;
mod machine;
mod options;
mod report;
mod table;
mod written;

use crate::{interrupt, term};
use chart::Scale;
use jobs::{Job, Jobs};
pub use options::Sched;
use report::Report;

/// Simulates what is asked for, and prints it.
pub fn simulate(asked: &Sched) -> ExitCode {
    interrupt::end_at_ctrl_c();
    match reports(asked) {
        Ok((jobs, reports)) => {
            print(asked, &jobs, &reports);
            ExitCode::SUCCESS
        }
        Err(error) => term::refuse(format_args!("{error}")),
    }
}

fn reports(asked: &Sched) -> Result<(Vec<Job>, Vec<Report>), String> {
    let jobs = match (&asked.jobs, &asked.jobs_file) {
        (Some(jobs), _) => jobs.0.clone(),
        (None, Some(file)) => read(file)?,
        (None, None) => return Err("--jobs: there are none".into()),
    };
    let claims = asked.claims.for_jobs(&jobs)?;
    let names = asked.policy.0.iter();
    let reports = names.map(|policy| machine::run(policy, &jobs, &claims, &asked.machine));
    let reports = reports.collect::<Result<_, _>>()?;
    Ok((jobs, reports))
}

fn print(asked: &Sched, jobs: &[Job], reports: &[Report]) {
    if asked.output.json {
        reports
            .iter()
            .for_each(|report| term::print(&written::json(report)));
    } else if asked.output.csv {
        term::print(written::HEADER);
        reports
            .iter()
            .for_each(|report| term::print(&written::csv(report)));
    } else {
        draw(asked, jobs, reports);
    }
}

/// The charts, all to the same scale, and the table.
fn draw(asked: &Sched, jobs: &[Job], reports: &[Report]) {
    let width = asked.output.width.unwrap_or_else(term::width);
    let cpus = asked.machine.cpus;
    let end = reports.iter().map(Report::end).max().unwrap_or(0);
    let scale = Scale::new(end, width, jobs.len(), cpus);
    for report in reports {
        let chart = chart::draw(report, jobs, scale);
        term::print(&format!("{}\n{chart}\n", report.policy));
    }
    term::print(&format!("{}\n\n", legend::legend(cpus, width)));
    term::print(&table::print(reports, width));
}

/// Reads a file of jobs.
fn read(file: &Path) -> Result<Vec<Job>, String> {
    let (name, content) = match file.to_str() {
        Some("-") => ("standard input".into(), read_input()),
        _ => (file.display().to_string(), std::fs::read(file)),
    };
    let content = content.map_err(|error| format!("cannot read {name}: {error}"))?;
    let text = String::from_utf8(content).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        format!("{name} is not UTF-8 text (see byte {byte})")
    })?;
    let jobs = Jobs::lines(&text).map_err(|(line, error)| format!("{name}:{line}: {error}"))?;
    Ok(jobs.0)
}

fn read_input() -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    io::stdin().lock().read_to_end(&mut content)?;
    Ok(content)
}
