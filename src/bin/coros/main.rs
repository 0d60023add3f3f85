//! The demo OS: programs to run and to step through, on the public face of coros alone.

use std::io::Write;
use std::process::ExitCode;

use env_logger::Env;

mod cli;
mod fit;
mod interrupt;
mod list;
mod machine;
mod numbers;
mod policies;
mod programs;
mod progress;
mod run;
mod sched;
mod show;
mod step;
mod story;
mod term;
mod tour;
mod watching;

fn main() -> ExitCode {
    start_log();
    // Before any program can panic: its tasks are to be told by name.
    coros::install_panic_hook();
    cli::read().obey()
}

/// Sends the log to standard error: nothing but errors, unless `RUST_LOG` asks for more.
fn start_log() {
    env_logger::Builder::from_env(Env::default().default_filter_or("error"))
        .format(|out, record| {
            let level = record.level().as_str().to_lowercase();
            writeln!(out, "{level}: {}", record.args())
        })
        .init();
}
