//! What each job claims from the policy, made of the lists on the command line.

use clap::Args;
use coros::kernel::SchedParams;

use super::jobs::{Job, UNITS};
use super::lists::{List, list_of};
use super::report::time;

/// What the jobs claim: one value for each.
#[derive(Args)]
#[command(next_help_heading = "Claims, one value a job")]
pub struct Claims {
    /// Shares of the CPU: the tickets of a lottery
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    #[arg(value_parser = list_of(1..=UNITS))]
    pub weights: Option<List>,
    /// How urgent the jobs are; the higher, the sooner
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    #[arg(value_parser = list_of(-UNITS..=UNITS))]
    pub priorities: Option<List>,
    /// When each is to be done, counted from its arrival
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    #[arg(value_parser = list_of(1..=UNITS))]
    pub deadlines: Option<List>,
    /// How often each comes again: for rm and edf
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    #[arg(value_parser = list_of(1..=UNITS))]
    pub periods: Option<List>,
    /// How much of the CPU each asks for at a time
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    #[arg(value_parser = list_of(1..=UNITS))]
    pub requests: Option<List>,
}

impl Claims {
    /// A claim for each job; its burst is always among what it claims.
    pub fn for_jobs(&self, jobs: &[Job]) -> Result<Vec<SchedParams>, String> {
        let bursts = jobs
            .iter()
            .map(|job| SchedParams::new().burst(time(job.burst)));
        let mut claims: Vec<_> = bursts.collect();
        add(&mut claims, "--weights", &self.weights, SchedParams::weight)?;
        add(
            &mut claims,
            "--priorities",
            &self.priorities,
            SchedParams::priority,
        )?;
        add(
            &mut claims,
            "--deadlines",
            &self.deadlines,
            |claim, units| claim.deadline(time(units)),
        )?;
        add(&mut claims, "--periods", &self.periods, |claim, units| {
            claim.period(time(units))
        })?;
        add(&mut claims, "--requests", &self.requests, |claim, units| {
            claim.request(time(units))
        })?;
        Ok(claims)
    }
}

fn add<T: TryFrom<i128>>(
    claims: &mut [SchedParams],
    option: &str,
    list: &Option<List>,
    add: impl Fn(SchedParams, T) -> SchedParams,
) -> Result<(), String> {
    let Some(list) = list else { return Ok(()) };
    let values = list.for_jobs(option, claims.len())?;
    for (claim, value) in claims.iter_mut().zip(values) {
        *claim = add(claim.clone(), value);
    }
    Ok(())
}
