//! `coros run`: a program from its start to its end.

use std::process::ExitCode;
use std::time::Duration;

use coros::{Report, Stuck};

use crate::interrupt;
use crate::machine::Machine;
use crate::programs::{Program, Verdict};
use crate::term;
use crate::watching::Watching;

/// No task can go on.
pub const STUCK: u8 = 3;

/// How long a program's tasks have to end when it is told to stop.
pub const GRACE: Duration = Duration::from_secs(1);

pub fn run(program: &Program, machine: &Machine, watching: &Watching) -> ExitCode {
    let builder = match machine.builder() {
        Ok(builder) => builder,
        Err(error) => return term::refuse(format_args!("{error}")),
    };
    let watchers = match watching.watchers() {
        Ok(watchers) => watchers,
        Err(error) => return term::complain(format_args!("{error}")),
    };
    // Ctrl-C ends the program, and not the account of it.
    let builder = builder.handle_signals(GRACE);
    let mut sched = watchers.observe(builder).build();
    let verdict = program.load(&mut sched);
    interrupt::listen();
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
            match report.signal.or(interrupt::heard()) {
                Some(signal) => interrupt::tell(signal).into(),
                None => verdict(),
            }
        }
        Err(stuck) => {
            term::complain_folded(&stuck.to_string());
            ExitCode::from(STUCK)
        }
    }
}
