//! What may be asked of the simulator.

use std::path::PathBuf;

use clap::Args;

use super::chart::NARROWEST;
use super::claims::Claims;
use super::jobs::{Jobs, UNITS};
use super::lists::{List, list_of};
use crate::numbers::whole;
use crate::policies::Names;

/// The most CPUs.
const MOST_CPUS: i128 = 1024;
/// The most queues, and the most that switching may cost.
const THOUSAND: i128 = 1000;

const NOTES: &str = "\
A job is BURST[@ARRIVAL][/EVERY:LASTS], in whole units of time: it needs BURST \
units of the CPU, is there from ARRIVAL on (0, if nothing is said), and waits \
for I/O of LASTS units after each EVERY units of the CPU, but not after the \
last. Jobs are numbered from 0.

Turnaround is the time from arrival to end, response from arrival to first run, \
waiting is turnaround less burst (the time in I/O is in it; `blocked` says how \
much). Switches count on each CPU how often it turned from one job to another, \
or to idling and back, up to its last work.

  coros sched --policy fifo,rr --jobs 10,5@2,5@2
  coros sched --policy mlfq --jobs 120,50,50 --boost 50
  coros sched --policy mlfq --jobs 84/7:5,42/3:5,51/4:5 --json";

/// Simulate how policies schedule jobs: a chart, and a table of figures
#[derive(Args)]
#[command(after_help = NOTES)]
pub struct Sched {
    /// One policy, or several to be compared
    #[arg(long, value_name = "P[,P]", allow_hyphen_values = true, value_parser = Names::parse)]
    pub policy: Names,
    /// Jobs: BURST[@ARRIVAL][/EVERY:LASTS],…
    #[arg(long, value_name = "LIST", allow_hyphen_values = true, value_parser = Jobs::list)]
    #[arg(required_unless_present = "jobs_file")]
    pub jobs: Option<Jobs>,
    /// One job a line, # for comments; -: standard input
    #[arg(long, value_name = "FILE", conflicts_with = "jobs")]
    pub jobs_file: Option<PathBuf>,
    #[command(flatten)]
    pub machine: Machine,
    #[command(flatten)]
    pub claims: Claims,
    #[command(flatten)]
    pub output: Output,
}

/// The machine that the jobs run on, and how its policy is set.
#[derive(Args)]
#[command(next_help_heading = "Machine and policy")]
pub struct Machine {
    /// How many CPUs there are
    #[arg(
        long,
        value_name = "N",
        default_value = "1",
        allow_hyphen_values = true
    )]
    #[arg(value_parser = whole::<u32>(1..=MOST_CPUS))]
    pub cpus: u32,
    /// How long a turn to another job takes
    #[arg(
        long,
        value_name = "C",
        default_value = "0",
        allow_hyphen_values = true
    )]
    #[arg(value_parser = whole::<u64>(0..=THOUSAND))]
    pub switch_cost: u64,
    /// How long a job runs at a time (mlfq: 10, else 1)
    #[arg(long, value_name = "Q", allow_hyphen_values = true)]
    #[arg(value_parser = whole::<u64>(1..=UNITS))]
    pub quantum: Option<u64>,
    /// mlfq: how many queues there are
    #[arg(
        long,
        value_name = "N",
        default_value = "3",
        allow_hyphen_values = true
    )]
    #[arg(value_parser = whole::<usize>(1..=THOUSAND))]
    pub queues: usize,
    /// mlfq: the CPU time before a job sinks (a quantum)
    #[arg(long, value_name = "A", allow_hyphen_values = true)]
    #[arg(value_parser = whole::<u64>(1..=UNITS))]
    pub allotment: Option<u64>,
    /// mlfq: how often all jobs rise to the top (never)
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    #[arg(value_parser = whole::<u64>(1..=UNITS))]
    pub boost: Option<u64>,
    /// mlfq: an I/O in a slice renews a job's allotment
    #[arg(long)]
    pub stay_on_io: bool,
    /// The seed of all that is drawn by lot
    #[arg(
        long,
        value_name = "N",
        default_value = "0",
        allow_hyphen_values = true
    )]
    #[arg(value_parser = whole::<u64>(0..=u64::MAX as i128))]
    pub seed: u64,
    /// lottery: what is drawn, instead of by lot
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    #[arg(value_parser = list_of(0..=u64::MAX as i128))]
    pub draws: Option<List>,
}

/// What is printed.
#[derive(Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Print a line of JSON for each policy instead
    #[arg(long)]
    pub json: bool,
    /// Print a table with commas instead
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// How wide charts and tables are, if not as the terminal
    #[arg(long, value_name = "COLUMNS", allow_hyphen_values = true)]
    #[arg(value_parser = whole::<usize>(NARROWEST as i128..=10_000))]
    pub width: Option<usize>,
}
