//! The programs: each fills a scheduler with tasks, and says at the end how it went.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Command, Subcommand};
use coros::sync::{LockError, Mutex, MutexGuard};
use coros::syscall::Compute;
use coros::{Builder, Interrupted, Scheduler, Tid, call};

mod blocking;
mod crash;
mod deadlock;
mod family;
mod hello;
mod inversion;
mod jobs;
mod signals;
mod stuck;
mod switches;
mod ticker;
mod words;

/// Says how a program went, once its tasks have ended.
pub type Verdict = Box<dyn FnOnce() -> ExitCode>;

/// A program, with its arguments.
#[derive(Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum Program {
    Hello(hello::Hello),
    Ticker(ticker::Ticker),
    Family(family::Family),
    Crash(crash::Crash),
    Stuck(stuck::Stuck),
    Deadlock(deadlock::Deadlock),
    Words(words::Words),
    Jobs(jobs::Jobs),
    Inversion(inversion::Inversion),
    Blocking(blocking::Blocking),
    Signals(signals::Signals),
    Switches(switches::Switches),
}

impl Program {
    /// Fills a scheduler with the program's first tasks.
    pub fn load(&self, sched: &mut Scheduler) -> Verdict {
        match self {
            Self::Hello(program) => program.load(sched),
            Self::Ticker(program) => program.load(sched),
            Self::Family(program) => program.load(sched),
            Self::Crash(program) => program.load(sched),
            Self::Stuck(program) => program.load(sched),
            Self::Deadlock(program) => program.load(sched),
            Self::Words(program) => program.load(sched),
            Self::Jobs(program) => program.load(sched),
            Self::Inversion(program) => program.load(sched),
            Self::Blocking(program) => program.load(sched),
            Self::Signals(program) => program.load(sched),
            Self::Switches(program) => program.load(sched),
        }
    }
}

/// The programs' names, and a line about each.
pub fn captions() -> impl Iterator<Item = (String, String)> {
    let programs = Program::augment_subcommands(Command::new("programs"));
    let captions: Vec<_> = programs
        .get_subcommands()
        .map(|program| {
            let caption = program.get_about().map(ToString::to_string);
            (program.get_name().to_owned(), caption.unwrap_or_default())
        })
        .collect();
    captions.into_iter()
}

/// The verdict on a program that has nothing to complain about, if only it ends.
fn fine() -> Verdict {
    Box::new(|| ExitCode::SUCCESS)
}

/// Adds a task to the first ones of a program. One whose wait is broken off, by Ctrl-C say, just ends.
fn load(
    sched: &mut Scheduler,
    task: Builder,
    body: impl FnOnce() -> Result<(), Interrupted> + 'static,
) -> Tid {
    sched
        .spawn_with(task, body)
        .expect("a stack of the default size is to be had")
        .tid()
}

/// Computes for so many milliseconds.
#[track_caller]
fn compute(milliseconds: u64) -> Result<(), Interrupted> {
    call(Compute(Duration::from_millis(milliseconds)))
}

/// Locks what no task locks twice.
#[track_caller]
fn lock(mutex: &Mutex<()>) -> Result<MutexGuard<'_, ()>, Interrupted> {
    match mutex.lock() {
        Ok(guard) => Ok(guard),
        Err(LockError::Interrupted(why)) => Err(why),
        Err(error) => panic!("{error}"),
    }
}
