//! `coros run`: a program from its start to its end.

use std::process::ExitCode;

use coros::{Report, Stuck};

use crate::machine::Machine;
use crate::programs::{Program, Verdict};
use crate::term;
use crate::watching::Watching;

/// No task can go on.
pub const STUCK: u8 = 3;

pub fn run(program: &Program, machine: &Machine, watching: &Watching) -> ExitCode {
    let builder = match machine.builder() {
        Ok(builder) => builder,
        Err(error) => return term::refuse(format_args!("{error}")),
    };
    let watchers = match watching.watchers() {
        Ok(watchers) => watchers,
        Err(error) => return term::complain(format_args!("{error}")),
    };
    let mut sched = watchers.observe(builder).build();
    let verdict = program.load(&mut sched);
    let ended = sched.run();
    let told = watchers.tell();
    let code = end(ended, verdict);
    match told {
        Ok(()) => code,
        Err(error) => term::complain(format_args!("{error}")),
    }
}

fn end(ended: Result<Report, Stuck>, verdict: Verdict) -> ExitCode {
    match ended {
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
