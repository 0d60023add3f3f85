//! Fresh processes for what needs much memory: none is left over from an earlier round.

use std::env;
use std::error::Error;
use std::process::Command;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Contest, parked, skynet, timers};
use crate::measure::Sample;
use crate::report::COROS;

/// Starts this program again, to run one subject of a case once; hands over what it found.
pub fn run<T: DeserializeOwned>(
    case: &str,
    subject: &str,
    tasks: usize,
) -> Result<T, Box<dyn Error>> {
    let output = Command::new(env::current_exe()?)
        .args(["--child", case, subject, &tasks.to_string()])
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let status = output.status;
        return Err(format!("{case}: the process of {subject} ended with {status}: {said}").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What the fresh process does.
pub fn child(case: &str, subject: &str, tasks: &str) -> Result<(), Box<dyn Error>> {
    let tasks = tasks.parse()?;
    match (case, subject) {
        (parked::NAME, COROS) => tell(&parked::weigh(tasks)?),
        (skynet::NAME, _) => tell(&once(skynet::contest(tasks), subject)?),
        (timers::SLEEPERS, _) => tell(&once(timers::sleepers(tasks), subject)?),
        _ => Err(format!("no process of its own for {subject} in {case}").into()),
    }
}

fn once(mut contest: Contest, subject: &str) -> Result<Sample, String> {
    let chosen = contest.subjects.iter_mut().find(|s| s.name == subject);
    let chosen = chosen.ok_or_else(|| format!("{subject} has no part in {}", contest.case))?;
    Ok(chosen.run_once())
}

fn tell(found: &impl Serialize) -> Result<(), Box<dyn Error>> {
    println!("{}", serde_json::to_string(found)?);
    Ok(())
}
