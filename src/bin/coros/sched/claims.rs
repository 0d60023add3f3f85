//! What each job claims from the policy, made of the lists on the command line.

use coros::kernel::Claim;

use super::jobs::Job;
use super::lists::List;
use super::options::Claims;
use super::report::time;

impl Claims {
    /// A claim for each job; its burst is always among what it claims.
    pub fn for_jobs(&self, jobs: &[Job]) -> Result<Vec<Claim>, String> {
        let bursts = jobs.iter().map(|job| Claim::new().burst(time(job.burst)));
        let mut claims: Vec<_> = bursts.collect();
        add(&mut claims, "--weights", &self.weights, Claim::weight)?;
        add(
            &mut claims,
            "--priorities",
            &self.priorities,
            Claim::priority,
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
    claims: &mut [Claim],
    option: &str,
    list: &Option<List>,
    add: impl Fn(Claim, T) -> Claim,
) -> Result<(), String> {
    let Some(list) = list else { return Ok(()) };
    let values = list.for_jobs(option, claims.len())?;
    for (claim, value) in claims.iter_mut().zip(values) {
        *claim = add(claim.clone(), value);
    }
    Ok(())
}
