//! Fresh processes, this program started again: for what needs much memory, so that none is left over
//! from an earlier round, and for counting.

use std::env;
use std::error::Error;
use std::process::{Command, Output};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Case, parked};

/// What tells a fresh process which subject to run in which case, with how many tasks and laps.
pub type Arguments = [String; 5];

pub fn arguments(case: &str, subject: &str, tasks: usize, laps: u64) -> Arguments {
    let (tasks, laps) = (tasks.to_string(), laps.to_string());
    ["--child", case, subject, &tasks, &laps].map(String::from)
}

/// Runs one subject of a case once; hands over what it found.
pub fn run<T: DeserializeOwned>(arguments: &Arguments) -> Result<T, Box<dyn Error>> {
    let output = Command::new(env::current_exe()?).args(arguments).output()?;
    told(&output, arguments)
}

/// What a process has found, if it has ended well.
pub fn told<T: DeserializeOwned>(
    output: &Output,
    arguments: &Arguments,
) -> Result<T, Box<dyn Error>> {
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let [_, case, subject, ..] = arguments;
        let status = output.status;
        return Err(format!("{case}: the process of {subject} ended with {status}: {said}").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What the fresh process does.
pub fn child(case: &str, subject: &str, tasks: usize, laps: u64) -> Result<(), Box<dyn Error>> {
    if case == parked::NAME {
        return tell(&parked::weigh(tasks)?);
    }
    let contests = Case::ALL.into_iter().flat_map(Case::contests);
    let mut named = contests.filter(|contest| contest.case == case);
    let contest = named.next().ok_or_else(|| format!("no case {case}"))?;
    tell(&contest.run(subject, tasks, laps)?)
}

fn tell(found: &impl Serialize) -> Result<(), Box<dyn Error>> {
    println!("{}", serde_json::to_string(found)?);
    Ok(())
}
