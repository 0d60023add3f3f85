//! The machine that programs run on: which time they live in, how many CPUs there are, who is next.

use std::time::Duration;

use clap::Args;
use coros::kernel::SchedulerBuilder;
use coros::policy::Settings;
use coros::{Clock, Scheduler};

use crate::numbers::{rate, whole};
use crate::policies;

const HEADING: &str = "Machine";

/// How long a task computes at a time, under a policy that must know.
const UNIT: Duration = Duration::from_millis(1);

/// The machine for a program; by default its time is virtual, so that all runs are the same.
#[derive(Args)]
pub struct Machine {
    /// Skip the time in which all wait (the default)
    #[arg(long = "virtual", global = true, help_heading = HEADING)]
    virtual_time: bool,
    /// Live in the time of the clock on the wall
    #[arg(long, global = true, help_heading = HEADING)]
    real: bool,
    /// Live in a time that passes R times as fast
    #[arg(long, value_name = "R", global = true, help_heading = HEADING)]
    #[arg(allow_hyphen_values = true, value_parser = rate)]
    rate: Option<f64>,
    /// How many CPUs there are, in virtual time
    #[arg(long, value_name = "N", global = true, help_heading = HEADING)]
    #[arg(allow_hyphen_values = true, value_parser = whole::<u32>(1..=1024))]
    cpus: Option<u32>,
    /// Who is next: fifo, rr, mlfq, … (fifo)
    #[arg(long, value_name = "P", global = true, help_heading = HEADING)]
    #[arg(allow_hyphen_values = true, value_parser = policies::name)]
    policy: Option<String>,
    /// How many milliseconds a task computes at a time
    #[arg(long, value_name = "Q", global = true, help_heading = HEADING)]
    #[arg(allow_hyphen_values = true, value_parser = whole::<u64>(1..=1_000_000_000))]
    quantum: Option<u64>,
    /// The seed of all that is drawn by lot (0)
    #[arg(long, value_name = "N", global = true, help_heading = HEADING)]
    #[arg(allow_hyphen_values = true, value_parser = whole::<u64>(0..=u64::MAX as i128))]
    seed: Option<u64>,
}

impl Machine {
    /// The settings of a scheduler that is this machine; an error, if there cannot be such a machine.
    pub fn builder(&self) -> Result<SchedulerBuilder, String> {
        let clock = self.clock()?;
        let cpus = self.cpus.unwrap_or(1);
        if cpus > 1 && clock != Clock::Virtual {
            return Err(format!(
                "--cpus: {cpus} CPUs are there in virtual time alone; leave out --real and --rate"
            ));
        }
        if self.quantum.is_some() && self.policy.is_none() {
            return Err(
                "--quantum: without a --policy no task is stopped; give one, such as rr".into(),
            );
        }
        let seed = self.seed.unwrap_or(0);
        let builder = Scheduler::builder().clock(clock).cpus(cpus).seed(seed);
        match &self.policy {
            Some(name) => Ok(builder.policy(policies::made(name, &self.settings(), UNIT)?)),
            None => Ok(builder),
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            quantum: self.quantum.map(Duration::from_millis),
            seed: self.seed.unwrap_or(0),
            ..Settings::default()
        }
    }

    fn clock(&self) -> Result<Clock, String> {
        match (self.virtual_time, self.real, self.rate) {
            (_, false, None) => Ok(Clock::Virtual),
            (false, true, None) => Ok(Clock::Real),
            (false, false, Some(rate)) => Ok(Clock::Scaled(rate)),
            _ => Err("--virtual, --real and --rate exclude one another; give one of them".into()),
        }
    }
}
