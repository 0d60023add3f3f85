//! `coros run`: a program from its start to its end.

use std::process::ExitCode;

use coros::Stuck;

use crate::programs::{Program, scheduler};
use crate::term;

/// No task can go on.
pub const STUCK: u8 = 3;

pub fn run(program: &Program) -> ExitCode {
    let mut sched = scheduler();
    let verdict = program.load(&mut sched);
    match sched.run() {
        Ok(report) => {
            log::info!("{report}");
            verdict()
        }
        Err(stuck) => {
            term::complain(format_args!("{}", report(&stuck)));
            ExitCode::from(STUCK)
        }
    }
}

/// The report of a run in which nothing can go on, for a terminal.
pub fn report(stuck: &Stuck) -> String {
    term::fold(&stuck.to_string())
}
